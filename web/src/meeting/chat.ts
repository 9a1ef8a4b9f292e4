import { store } from '../lib/store';

/** How many messages are new, for the chat's button. */
export const unreadChat = store(0);

export interface Spoken {
  id: string;
  author: string;
  text: string;
}
/** The last message of somebody else, to be said while the chat is closed. */
export const lastSpoken = store<Spoken | undefined>(undefined);

export const chatPanelId = 'chat';
