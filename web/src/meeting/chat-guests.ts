import { RoomEvent } from 'livekit-client';
import { ApiError } from '../lib/api/client';
import type { GuestMessage } from '../lib/api/schema';
import { store } from '../lib/store';
import type { GuestChat } from './api';
import type { Call } from './call';
import { lastSpoken, unreadChat } from './chat';

/** Something was written; the hosts opened or closed the chat. */
const topics = ['parvis.chat', 'parvis.meeting'];

/** What a guest has of the chat. `open`: the hosts let guests read and write. */
export class GuestConversation {
  readonly messages = store<GuestMessage[]>([]);
  readonly open = store<boolean | undefined>(undefined);
  private readonly own = new Set<string>();
  private seen = 0;
  private shown = false;

  constructor(
    private readonly chat: GuestChat,
    call: Call,
  ) {
    call.room.on(RoomEvent.DataReceived, (_, who, __, about) => {
      // Only the server has no name: another guest cannot make this one fetch.
      if (who === undefined && topics.includes(about ?? '')) void this.look();
    });
    call.room.once(RoomEvent.Connected, () => void this.look());
  }

  async look(): Promise<void> {
    try {
      const found = await this.chat.read();
      this.open.set(true);
      this.messages.set(found);
      if (this.shown) this.seen = found.length;
      unreadChat.set(Math.max(0, found.length - this.seen));
      const last = found.at(-1);
      if (last && !this.own.has(last.text))
        lastSpoken.set({ id: last.id, author: last.author, text: last.text });
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) this.open.set(false);
    }
  }

  async write(text: string): Promise<void> {
    this.own.add(text.trim());
    await this.chat.write(text);
    await this.look();
  }

  show(shown: boolean): void {
    this.shown = shown;
    if (!shown) return;
    this.seen = this.messages.get().length;
    unreadChat.set(0);
  }
}
