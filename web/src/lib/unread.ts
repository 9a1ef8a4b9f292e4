import { store } from './store';

/** Unread messages and mentions over all conversations; written by the Messages client, shown by the shell. */
export const unreadMessages = store<{ messages: number; mentions: number }>({ messages: 0, mentions: 0 });
