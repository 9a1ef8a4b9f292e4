import { store } from '../store';

/** What the page's polite live region says. The counter lets the same sentence be said twice. */
export const announcement = store<{ text: string; turn: number }>({ text: '', turn: 0 });

export function announce(text: string): void {
  announcement.set({ text, turn: announcement.get().turn + 1 });
}
