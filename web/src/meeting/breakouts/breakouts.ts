import { ConnectionState, type Room, RoomEvent } from 'livekit-client';
import { api, apiWith } from '../../lib/api/client';
import type { BreakoutsView, WantedBreakouts } from '../../lib/api/schema-meetings';
import { store } from '../../lib/store';
import type { Inside } from '../inside';
import { onTold } from '../told';

const doorOf = ({ visitor, entry, meeting }: Pick<Inside, 'visitor' | 'entry' | 'meeting'>) => {
  const root = `/${meeting ? 'meetings' : 'guest-meetings'}/${visitor.id}/breakouts`;
  const by = meeting ? api : apiWith(entry.token);
  return {
    view: () => by.get<BreakoutsView>(root),
    go: (group: number) => by.post(`${root}/go`, { group }),
    help: (asking: boolean) => by.post(`${root}/help`, { asking }),
    open: (wanted: WantedBreakouts) => api.post(root, wanted),
    close: () => api.delete(root),
    assign: (identity: string, group: number) => api.post(`${root}/assign`, { identity, group }),
    extend: (seconds: number) => api.post(`${root}/extend`, { seconds }),
    tellAll: (text: string) => api.post(`${root}/message`, { text }),
  };
};
export type BreakoutsDoor = ReturnType<typeof doorOf>;

export interface Message {
  from: string;
  text: string;
}
/** A thousand pages that hear of groups don't ask at the same instant. */
const spreadMs = 400;

/** The groups of the meeting as one page sees them. */
export class Breakouts {
  readonly view = store<BreakoutsView>({ open: false });
  /** When they end, on this page's clock (performance.now()). */
  readonly ends = store<number | undefined>(undefined);
  readonly message = store<Message | undefined>(undefined);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly door: BreakoutsDoor,
    room: Room,
  ) {
    onTold(room, 'parvis.breakout', ({ kind, from, text }) => {
      if (kind === 'message' && typeof from === 'string' && typeof text === 'string')
        this.message.set({ from, text });
      else this.soon();
    });
    for (const event of [RoomEvent.Connected, RoomEvent.Reconnected, RoomEvent.Moved] as const)
      room.on(event, () => void this.refresh());
    for (const event of [RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected] as const)
      room.on(event, () => this.view.get().open && this.soon());
    room.on(RoomEvent.Disconnected, () => clearTimeout(this.timer));
    if (room.state === ConnectionState.Connected) void this.refresh();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), Math.random() * spreadMs);
  }
  async refresh(): Promise<void> {
    try {
      const view = await this.door.view();
      const left = view.open ? view.remaining_ms : undefined;
      this.view.set(view);
      this.ends.set(left === undefined ? undefined : performance.now() + left);
    } catch {
      // The next hint asks again; a guest is only known once they are in.
    }
  }
  async act(done: Promise<unknown>): Promise<void> {
    await done;
    await this.refresh();
  }
}

const known = new WeakMap<Room, Breakouts>();
export function breakoutsOf(inside: Inside): Breakouts {
  const { room } = inside.call;
  const found = known.get(room) ?? new Breakouts(doorOf(inside), room);
  known.set(room, found);
  return found;
}
