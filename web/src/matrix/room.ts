import { store } from '../lib/store';
import { threadRoot, Timeline } from './timeline';
import type { Content, JoinedRoom, RoomEvent } from './types';

export interface Member {
  id: string;
  name: string;
}

/** A joined room, as the sync tells it. */
export class Room {
  readonly version = store(0);
  readonly timeline = new Timeline((event) => threadRoot(event) === undefined);
  readonly threads = new Map<string, Timeline>();
  readonly members = new Map<string, Member>();
  name = '';
  topic = '';
  type = '';
  /** The house's own account, when it made the room; it is no member to people. */
  house: string | undefined;
  encrypted = false;
  parent: string | undefined;
  direct = false;
  heroes: string[] = [];
  memberCount = 0;
  unread = 0;
  highlights = 0;
  lastAt = 0;
  pinned: string[] = [];
  power: Content = {};
  typing: string[] = [];
  /** user id → event id they have read up to */
  readonly receipts = new Map<string, string>();
  /** Where older messages continue; undefined once the beginning was reached. */
  older: string | undefined;
  membersLoaded = false;

  constructor(
    readonly id: string,
    private readonly me: string,
  ) {}

  changed = (): void => this.version.set(this.version.get() + 1);

  memberName(user: string): string {
    return this.members.get(user)?.name ?? user.replace(/^@/, '').replace(/:.*$/, '');
  }

  /** A direct conversation is named after the other person. */
  title(): string {
    if (this.name !== '') return this.name;
    const others = this.heroes.length > 0 ? this.heroes : [...this.members.keys()].filter((id) => id !== this.me);
    return others.map((user) => this.memberName(user)).join(', ');
  }

  otherPerson(): string | undefined {
    return this.heroes.find((id) => id !== this.me) ?? [...this.members.keys()].find((id) => id !== this.me);
  }

  /** How many people are in the room, the house's own account left out. */
  peopleCount(): number {
    return Math.max(0, this.memberCount - (this.house ? 1 : 0));
  }

  powerOf(user: string): number {
    return this.power.users?.[user] ?? this.power.users_default ?? 0;
  }
  maySend(): boolean {
    const needed = this.power.events?.['m.room.message'] ?? this.power.events_default ?? 0;
    return this.powerOf(this.me) >= needed;
  }
  mayRedactAny(): boolean {
    return this.powerOf(this.me) >= (this.power.redact ?? 50);
  }
  mayPin(): boolean {
    return this.powerOf(this.me) >= (this.power.events?.['m.room.pinned_events'] ?? this.power.state_default ?? 50);
  }

  applyState(event: RoomEvent): void {
    const { content } = event;
    switch (event.type) {
      case 'm.room.name':
        this.name = content.name ?? '';
        break;
      case 'm.room.topic':
        this.topic = content.topic ?? '';
        break;
      case 'm.room.create':
        this.type = content.type ?? '';
        if (event.sender.startsWith('@parvis:')) this.house = event.sender;
        break;
      case 'm.room.encryption':
        this.encrypted = true;
        break;
      case 'm.room.pinned_events':
        this.pinned = content.pinned ?? [];
        break;
      case 'm.room.power_levels':
        this.power = content;
        break;
      case 'm.space.parent':
        this.parent = Object.keys(content).length > 0 ? event.state_key : undefined;
        break;
      case 'm.room.member': {
        const id = event.state_key ?? '';
        if (content.membership === 'join' || content.membership === 'invite')
          this.members.set(id, { id, name: content.displayname ?? id });
        else this.members.delete(id);
        break;
      }
    }
  }

  thread(root: string): Timeline {
    let timeline = this.threads.get(root);
    if (!timeline) {
      timeline = new Timeline((event) => event.event_id === root || threadRoot(event) === root);
      this.threads.set(root, timeline);
    }
    return timeline;
  }

  apply(joined: JoinedRoom): void {
    for (const event of joined.state?.events ?? []) this.applyState(event);
    const events = joined.timeline?.events ?? [];
    for (const event of events) {
      if (event.state_key !== undefined) this.applyState(event);
      if (event.type === 'm.room.message') this.lastAt = Math.max(this.lastAt, event.origin_server_ts);
      if (threadRoot(event) !== undefined) this.timeline.countReply(event, event.sender === this.me);
    }
    this.applyTimeline(joined, events);
    const { summary, unread_notifications: unread } = joined;
    if (summary?.['m.heroes']) this.heroes = summary['m.heroes'];
    if (summary?.['m.joined_member_count'] !== undefined) this.memberCount = summary['m.joined_member_count'];
    if (unread?.notification_count !== undefined) this.unread = unread.notification_count;
    if (unread?.highlight_count !== undefined) this.highlights = unread.highlight_count;
    for (const ephemeral of joined.ephemeral?.events ?? []) this.applyEphemeral(ephemeral.type, ephemeral.content);
    this.changed();
  }

  private applyTimeline(joined: JoinedRoom, events: RoomEvent[]): void {
    const { timeline } = joined;
    if (!timeline) return;
    const first = this.timeline.items.length === 0;
    // A gap: what is between is fetched again from the new page backwards.
    if (timeline.limited && !first) this.timeline.items = [];
    if (timeline.limited || first) this.older = timeline.prev_batch;
    this.timeline.addLive(events);
    for (const timelineOfThread of this.threads.values()) timelineOfThread.addLive(events);
  }

  private applyEphemeral(type: string, content: Record<string, unknown>): void {
    if (type === 'm.typing') this.typing = ((content['user_ids'] as string[] | undefined) ?? []).filter((id) => id !== this.me);
    if (type !== 'm.receipt') return;
    for (const [eventId, kinds] of Object.entries(content)) {
      const readers = (kinds as Record<string, Record<string, unknown>>)['m.read'] ?? {};
      for (const user of Object.keys(readers)) this.receipts.set(user, eventId);
    }
  }
}
