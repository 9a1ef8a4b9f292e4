import { type Room, RoomEvent } from 'livekit-client';
import { store } from '../lib/store';

export const reactions = ['👍', '👏', '❤️', '😂', '😮', '🎉'] as const;
export type Reaction = (typeof reactions)[number];
export const topic = 'parvis.reaction';
export const shownForMs = 4_000;
const leastGapMs = 500;

/** Whose reaction is shown now, by identity. */
export class Reactions {
  readonly shown = store<Record<string, Reaction>>({});
  private readonly last = new Map<string, number>();

  constructor(
    private readonly room: Room,
    private readonly seen: (name: string, reaction: Reaction) => void,
  ) {
    room.on(RoomEvent.DataReceived, (payload, who, _, about) => {
      if (about === topic && who)
        this.receive(who.identity, who.name ?? '', new TextDecoder().decode(payload));
    });
  }

  async send(reaction: Reaction): Promise<void> {
    const { localParticipant } = this.room;
    this.show(localParticipant.identity, reaction);
    await localParticipant.publishData(new TextEncoder().encode(reaction), { reliable: false, topic });
  }

  /** Only what the menu offers, and not faster than a hand taps. */
  receive(identity: string, name: string, text: string): void {
    const reaction = reactions.find((one) => one === text);
    const now = performance.now();
    if (!reaction || now - (this.last.get(identity) ?? -leastGapMs) < leastGapMs) return;
    this.last.set(identity, now);
    this.show(identity, reaction);
    this.seen(name, reaction);
  }

  private show(identity: string, reaction: Reaction): void {
    this.shown.set({ ...this.shown.get(), [identity]: reaction });
    setTimeout(() => {
      const { [identity]: gone, ...others } = this.shown.get();
      if (gone === reaction) this.shown.set(others);
    }, shownForMs);
  }
}
