import type { Me } from '../lib/api/schema';
import { store } from '../lib/store';
import { unreadMessages } from '../lib/unread';
import { ApiError } from '../lib/api/client';
import { matrix, roomPath } from './http';
import { Room } from './room';
import { type Item, type Timeline } from './timeline';
import type { Chunk, Content, RoomEvent, SyncResponse } from './types';

const stateTypes = [
  'm.room.name',
  'm.room.topic',
  'm.room.create',
  'm.room.member',
  'm.room.power_levels',
  'm.room.pinned_events',
  'm.room.encryption',
  'm.space.parent',
];
/** The first answer names the rooms and their last message; the rest is read when a room is opened. */
const filter = (timelineLimit: number) =>
  JSON.stringify({
    presence: { types: [] },
    account_data: { types: ['m.direct'] },
    room: {
      timeline: { limit: timelineLimit, lazy_load_members: true },
      state: { types: stateTypes, lazy_load_members: true },
      ephemeral: { types: ['m.receipt', 'm.typing'] },
      account_data: { types: [] },
    },
  });
const firstFilter = filter(1);
const liveFilter = filter(40);
const pollMs = 30_000;
const longestWaitMs = 30_000;
const pageSize = 50;
const typingMs = 20_000;

export type SyncState = 'starting' | 'live' | 'waiting';

/** The person's Matrix client: one sync loop per page, rooms kept while it lives. */
export class MatrixClient {
  readonly rooms = new Map<string, Room>();
  readonly version = store(0);
  readonly state = store<SyncState>('starting');
  private since: string | undefined;
  private directs = new Set<string>();
  private stopped = false;
  private aborter: AbortController | undefined;
  private transaction = 0;
  private typingSentAt = 0;
  private readonly waitingToSend = new Set<() => void>();

  constructor(readonly me: string) {}

  start(): void {
    void this.loop();
    addEventListener('online', this.hurry);
  }

  stop(): void {
    this.stopped = true;
    this.aborter?.abort();
    removeEventListener('online', this.hurry);
  }

  private readonly hurry = (): void => this.aborter?.abort();

  private async loop(): Promise<void> {
    let failures = 0;
    while (!this.stopped) {
      this.aborter = new AbortController();
      try {
        const answer = await matrix<SyncResponse>('GET', '/client/v3/sync', {
          query: {
            filter: this.since ? liveFilter : firstFilter,
            timeout: this.since ? pollMs : 0,
            since: this.since,
            set_presence: 'offline',
          },
          signal: this.aborter.signal,
        });
        failures = 0;
        this.apply(answer);
        this.state.set('live');
        this.flush();
      } catch (error) {
        if (this.stopped) return;
        if (error instanceof ApiError && error.status === 401) return;
        if (error instanceof DOMException && error.name === 'AbortError') continue;
        this.state.set('waiting');
        failures += 1;
        const ceiling = Math.min(longestWaitMs, 1000 * 2 ** failures);
        await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * ceiling));
      }
    }
  }

  private apply(answer: SyncResponse): void {
    this.since = answer.next_batch;
    for (const data of answer.account_data?.events ?? []) {
      if (data.type === 'm.direct') this.directs = new Set(Object.values(data.content as Record<string, string[]>).flat());
    }
    for (const [id, joined] of Object.entries(answer.rooms?.join ?? {})) {
      let room = this.rooms.get(id);
      if (!room) {
        room = new Room(id, this.me);
        this.rooms.set(id, room);
      }
      room.apply(joined);
    }
    for (const id of Object.keys(answer.rooms?.leave ?? {})) this.rooms.delete(id);
    for (const room of this.rooms.values()) room.direct = this.directs.has(room.id);
    this.changed();
  }

  private changed(): void {
    let messages = 0;
    let mentions = 0;
    for (const room of this.rooms.values()) {
      if (room.type === 'm.space') continue;
      messages += room.unread;
      mentions += room.highlights;
    }
    unreadMessages.set({ messages, mentions });
    this.version.set(this.version.get() + 1);
  }

  /** Conversations, the most recently active first. */
  conversations(): Room[] {
    return [...this.rooms.values()].filter((room) => room.type !== 'm.space').sort((a, b) => b.lastAt - a.lastAt);
  }

  async loadOlder(room: Room): Promise<void> {
    if (room.older === undefined) return;
    const from = room.older;
    const page = await matrix<Chunk>('GET', roomPath(room.id, '/messages'), {
      query: { dir: 'b', from, limit: pageSize, filter: JSON.stringify({ lazy_load_members: true }) },
    });
    if (room.older !== from) return;
    for (const event of page.state ?? []) if (!room.members.has(event.state_key ?? '')) room.applyState(event);
    room.older = page.end;
    room.timeline.addOlder(page.chunk);
  }

  async loadThread(room: Room, root: string): Promise<void> {
    const timeline = room.thread(root);
    const path = `/client/v1/rooms/${encodeURIComponent(room.id)}/relations/${encodeURIComponent(root)}/m.thread`;
    const [first, replies] = await Promise.all([
      matrix<RoomEvent>('GET', roomPath(room.id, `/event/${encodeURIComponent(root)}`)),
      matrix<Chunk>('GET', path, { query: { limit: 100 } }),
    ]);
    timeline.addOlder([...replies.chunk, first]);
  }

  async loadMembers(room: Room): Promise<void> {
    if (room.membersLoaded) return;
    const { chunk } = await matrix<{ chunk: RoomEvent[] }>('GET', roomPath(room.id, '/members'), {
      query: { membership: 'join' },
    });
    room.membersLoaded = true;
    for (const event of chunk) room.applyState(event);
    room.changed();
  }

  private newTransaction(): string {
    this.transaction += 1;
    return `w${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}${this.transaction}`;
  }

  /** Shows the message at once, sends it, keeps it for later when the network is away. */
  send(room: Room, content: Content, timeline: Timeline = room.timeline): void {
    const id = this.newTransaction();
    const event: RoomEvent = {
      event_id: id,
      type: 'm.room.message',
      sender: this.me,
      origin_server_ts: Date.now(),
      content,
    };
    const item: Item = {
      id,
      event,
      content,
      edited: false,
      redacted: false,
      reactions: new Map(),
      thread: undefined,
      status: 'sending',
    };
    timeline.addEcho(item);
    this.attempt(room, item, id, timeline);
  }

  private attempt(room: Room, item: Item, transaction: string, timeline: Timeline): void {
    const put = async (): Promise<void> => {
      item.status = 'sending';
      timeline.changed();
      try {
        const answer = await matrix<{ event_id: string }>('PUT', roomPath(room.id, `/send/m.room.message/${transaction}`), {
          body: item.event.content,
        });
        if (item.status === 'sending') timeline.addLive([{ ...item.event, event_id: answer.event_id, unsigned: { transaction_id: transaction } }]);
      } catch (error) {
        item.status = 'failed';
        // The network went away: the same transaction id makes a second attempt harmless.
        if (error instanceof ApiError && error.status === 0) this.waitingToSend.add(() => void put());
        timeline.changed();
      }
    };
    void put();
  }

  retry(room: Room, item: Item, timeline: Timeline = room.timeline): void {
    if (item.status === 'failed') this.attempt(room, item, item.id, timeline);
  }

  private flush(): void {
    const waiting = [...this.waitingToSend];
    this.waitingToSend.clear();
    for (const again of waiting) again();
  }

  async edit(room: Room, item: Item, content: Content): Promise<void> {
    const replacement: Content = {
      ...content,
      body: `* ${content.body ?? ''}`,
      'm.new_content': content,
      'm.relates_to': { rel_type: 'm.replace', event_id: item.id },
    };
    await this.put(room, 'm.room.message', replacement);
  }

  async react(room: Room, item: Item, key: string): Promise<void> {
    const mine = item.reactions.get(key)?.senders.get(this.me);
    if (mine) await this.redact(room, mine);
    else await this.put(room, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: item.id, key } });
  }

  redact(room: Room, eventId: string): Promise<unknown> {
    return matrix('PUT', roomPath(room.id, `/redact/${encodeURIComponent(eventId)}/${this.newTransaction()}`), { body: {} });
  }

  pin(room: Room, eventId: string, pinned: boolean): Promise<unknown> {
    const next = pinned ? [...room.pinned, eventId] : room.pinned.filter((id) => id !== eventId);
    return matrix('PUT', roomPath(room.id, '/state/m.room.pinned_events/'), { body: { pinned: next } });
  }

  private put(room: Room, type: string, content: Content): Promise<unknown> {
    return matrix('PUT', roomPath(room.id, `/send/${type}/${this.newTransaction()}`), { body: content });
  }

  /** Says that everything up to this message was read. */
  async read(room: Room, eventId: string, thread?: string): Promise<void> {
    if (!thread) {
      room.unread = 0;
      room.highlights = 0;
      room.changed();
      this.changed();
    }
    await matrix('POST', roomPath(room.id, `/receipt/m.read/${encodeURIComponent(eventId)}`), {
      body: thread ? { thread_id: thread } : {},
    }).catch(() => undefined);
  }

  /** Typing is told at most every ten seconds, and not at all when the person asked for less traffic. */
  typing(room: Room, writing: boolean): void {
    const now = Date.now();
    if (writing && now - this.typingSentAt < typingMs / 2) return;
    if (!writing && this.typingSentAt === 0) return;
    this.typingSentAt = writing ? now : 0;
    const body = writing ? { typing: true, timeout: typingMs } : { typing: false };
    void matrix('PUT', roomPath(room.id, `/typing/${encodeURIComponent(this.me)}`), { body }).catch(() => undefined);
  }

  async upload(file: File): Promise<Content> {
    const { content_uri: url } = await matrix<{ content_uri: string }>('POST', '/media/v3/upload', {
      query: { filename: file.name },
      body: file,
    });
    const kind = file.type.startsWith('image/') ? 'm.image' : file.type.startsWith('video/') ? 'm.video' : file.type.startsWith('audio/') ? 'm.audio' : 'm.file';
    return { msgtype: kind, body: file.name, filename: file.name, url, info: { size: file.size, mimetype: file.type } };
  }
}

let running: MatrixClient | undefined;

/** The one client of this page, started at the first need. */
export function matrixClient(me: Me): MatrixClient {
  if (running?.me !== me.person.matrix_id) {
    running?.stop();
    running = new MatrixClient(me.person.matrix_id);
    running.start();
  }
  return running;
}
