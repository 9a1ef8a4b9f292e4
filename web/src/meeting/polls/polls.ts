import { ConnectionState, type Room, RoomEvent } from 'livekit-client';
import { api, apiPath, apiWith } from '../../lib/api/client';
import type { MeetingPoll, PollsPage, WantedPoll } from '../../lib/api/schema-meetings';
import { store } from '../../lib/store';
import type { Inside } from '../inside';
import { onTold } from '../told';

export type Poll = MeetingPoll;
export const leastAnswers = 2;
export const mostAnswers = 10;

/** What one does with polls, over HTTP: by one's session, or by a guest's token. */
const doorOf = ({ visitor, entry, meeting }: Pick<Inside, 'visitor' | 'entry' | 'meeting'>) => {
  const root = meeting ? `/meetings/${visitor.id}` : `/guest-meetings/${visitor.id}`;
  const by = meeting ? api : apiWith(entry.token);
  return {
    list: () => by.get<PollsPage>(`${root}/polls`),
    vote: (poll: string, answers: number[]) => by.put(`${root}/polls/${poll}/vote`, { answers }),
    make: (wanted: WantedPoll) => api.post<Poll>(`${root}/polls`, wanted),
    change: (poll: string, wanted: WantedPoll) => api.put<Poll>(`${root}/polls/${poll}`, wanted),
    remove: (poll: string) => api.delete(`${root}/polls/${poll}`),
    open: (poll: string) => api.post<Poll>(`${root}/polls/${poll}/open`),
    close: (poll: string) => api.post<Poll>(`${root}/polls/${poll}/close`),
    letEveryoneAsk: (everyone: boolean) => api.put(`${root}/polls-rule`, { everyone }),
    csvPath: (poll: string) => apiPath(`${root}/polls/${poll}/csv`),
    toMinutes: (poll: string, title: string) =>
      api.post<{ document_id: string }>(`${root}/polls/${poll}/minutes`, { title }),
  };
};
export type PollsDoor = ReturnType<typeof doorOf>;

/** A thousand pages that hear of a poll don't ask at the same instant. */
const spreadMs = 800;

/** The counts that the server told of an open poll; a page of polls whose poll is not there stays as it is. */
export function withCounts(page: PollsPage, told: Record<string, unknown>): PollsPage {
  const { poll: id, voters, votes } = told;
  if (typeof voters !== 'number') return page;
  const counts = Array.isArray(votes) ? (votes as unknown[]) : [];
  const polls = page.polls.map((poll) => {
    if (poll.id !== id || poll.state !== 'open') return poll;
    const answers = poll.answers.map((answer, at) => {
      const count = counts[at];
      return typeof count === 'number' ? { ...answer, votes: count } : answer;
    });
    return { ...poll, voters, answers };
  });
  return { ...page, polls };
}

/** The meeting's polls as one page sees them. A hint that got lost is made good by the next one, or by coming back. */
export class Polls {
  readonly page = store<PollsPage | undefined>(undefined);
  /** Open polls that one has neither answered nor put off. */
  readonly waiting = store<Poll[]>([]);
  private readonly putOff = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly door: PollsDoor,
    room: Room,
  ) {
    onTold(room, 'parvis.poll', (told) => {
      if (told['kind'] === 'counts') this.count(told);
      else this.soon();
    });
    for (const event of [RoomEvent.Connected, RoomEvent.Reconnected, RoomEvent.Moved] as const)
      room.on(event, () => void this.refresh());
    room.on(RoomEvent.Disconnected, () => clearTimeout(this.timer));
    if (room.state === ConnectionState.Connected) void this.refresh();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), Math.random() * spreadMs);
  }
  private count(told: Record<string, unknown>): void {
    const page = this.page.get();
    if (!page) return;
    this.show(withCounts(page, told));
    // Who chose what is asked for; counts alone need no question.
    const poll = page.polls.find(({ id }) => id === told['poll']);
    if (!poll || (!poll.anonymous && poll.results === 'live')) this.soon();
  }
  private show(page: PollsPage): void {
    this.page.set(page);
    this.waiting.set(
      page.polls.filter((poll) => poll.state === 'open' && !poll.choice && !this.putOff.has(poll.id)),
    );
  }

  async refresh(): Promise<void> {
    try {
      this.show(await this.door.list());
    } catch {
      // The next hint asks again; a guest is only known once they are in.
    }
  }
  /** One's own act: done on the server, then shown. */
  async act<T>(done: Promise<T>): Promise<T> {
    const result = await done;
    await this.refresh();
    return result;
  }
  later(poll: string): void {
    this.putOff.add(poll);
    const page = this.page.get();
    if (page) this.show(page);
  }
}

const known = new WeakMap<Room, Polls>();
export function pollsOf(inside: Inside): Polls {
  const { room } = inside.call;
  const found = known.get(room) ?? new Polls(doorOf(inside), room);
  known.set(room, found);
  return found;
}
