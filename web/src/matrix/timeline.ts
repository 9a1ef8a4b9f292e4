import { store } from '../lib/store';
import type { Content, Relation, RoomEvent, ThreadSummary } from './types';

export interface Reaction {
  key: string;
  senders: Map<string, string>; // sender → event id of the reaction
}

export interface Item {
  id: string; // event id, or the transaction id while it is being sent
  event: RoomEvent;
  /** What is shown: the newest edit, or the event's own content. */
  content: Content;
  edited: boolean;
  redacted: boolean;
  reactions: Map<string, Reaction>;
  thread: ThreadSummary | undefined;
  status: 'sent' | 'sending' | 'failed';
}

interface Edit {
  at: number;
  content: Content;
}

const shownTypes = new Set(['m.room.message', 'm.room.encrypted', 'm.room.member', 'm.room.name', 'm.room.topic', 'm.sticker']);
const relationOf = (event: RoomEvent): Relation | undefined => event.content['m.relates_to'];
export const threadRoot = (event: RoomEvent): string | undefined => {
  const relation = relationOf(event);
  return relation?.rel_type === 'm.thread' ? relation.event_id : undefined;
};

/** One list of messages: a room's, or a thread's. Events come in any order (live, older pages) and each is kept once. */
export class Timeline {
  readonly version = store(0);
  items: Item[] = [];
  private readonly byId = new Map<string, Item>();
  private readonly edits = new Map<string, Edit>();
  private readonly pendingReactions = new Map<string, RoomEvent[]>();
  private readonly reactionTargets = new Map<string, { target: string; key: string; sender: string }>();
  private readonly redactedIds = new Set<string>();

  constructor(private readonly keeps: (event: RoomEvent) => boolean) {}

  find = (id: string): Item | undefined => this.byId.get(id);
  changed = (): void => this.version.set(this.version.get() + 1);

  addLive(events: readonly RoomEvent[]): void {
    for (const event of events) this.take(event, false);
    this.changed();
  }

  /** An older page, newest first as the server gives it. */
  addOlder(events: readonly RoomEvent[]): number {
    const before = this.items.length;
    const older: Item[] = [];
    for (const event of events) {
      const item = this.take(event, true);
      if (item) older.push(item);
    }
    this.items = [...older.reverse(), ...this.items];
    this.changed();
    return this.items.length - before;
  }

  private take(event: RoomEvent, older: boolean): Item | undefined {
    if (event.type === 'm.room.redaction') {
      this.redact(event.redacts ?? (event.content['redacts'] as string | undefined));
      return undefined;
    }
    const relation = relationOf(event);
    if (event.type === 'm.reaction' && relation?.event_id && relation.key !== undefined) {
      this.react(event);
      return undefined;
    }
    if (event.type === 'm.room.message' && relation?.rel_type === 'm.replace' && relation.event_id) {
      this.edit(relation.event_id, event);
      return undefined;
    }
    if (!shownTypes.has(event.type) || !this.keeps(event)) return undefined;
    if (event.type === 'm.room.member' && !['join', 'leave', 'ban'].includes(event.content.membership ?? '')) return undefined;
    return this.place(event, older);
  }

  private place(event: RoomEvent, older: boolean): Item | undefined {
    const transaction = event.unsigned?.transaction_id;
    const echo = this.byId.get(event.event_id) ?? (transaction ? this.byId.get(transaction) : undefined);
    if (echo) {
      this.byId.delete(echo.id);
      Object.assign(echo, { id: event.event_id, event, status: 'sent' });
      echo.content = this.edits.get(event.event_id)?.content ?? event.content;
      this.byId.set(event.event_id, echo);
      return undefined;
    }
    const bundled = event.unsigned?.['m.relations'];
    const replaced = bundled?.['m.replace'];
    if (replaced) this.rememberEdit(event.event_id, replaced);
    const edit = this.edits.get(event.event_id);
    const item: Item = {
      id: event.event_id,
      event,
      content: edit?.content ?? event.content,
      edited: edit !== undefined,
      redacted: event.unsigned?.redacted_because !== undefined || this.redactedIds.has(event.event_id),
      reactions: new Map(),
      thread: bundled?.['m.thread'],
      status: 'sent',
    };
    this.byId.set(item.id, item);
    if (!older) this.items = [...this.items, item];
    for (const reaction of this.pendingReactions.get(item.id) ?? []) this.react(reaction);
    this.pendingReactions.delete(item.id);
    return item;
  }

  addEcho(item: Item): void {
    this.byId.set(item.id, item);
    this.items = [...this.items, item];
    this.changed();
  }

  dropEcho(id: string): void {
    this.byId.delete(id);
    this.items = this.items.filter((item) => item.id !== id);
    this.changed();
  }

  private rememberEdit(target: string, event: RoomEvent): boolean {
    const known = this.edits.get(target);
    if (known && known.at > event.origin_server_ts) return false;
    this.edits.set(target, { at: event.origin_server_ts, content: event.content['m.new_content'] ?? event.content });
    return true;
  }

  private edit(target: string, event: RoomEvent): void {
    const item = this.byId.get(target);
    // Only the author's own edits count (spec: validity of replacement events).
    if (item && item.event.sender !== event.sender) return;
    if (!this.rememberEdit(target, event) || !item) return;
    item.content = this.edits.get(target)?.content ?? item.content;
    item.edited = true;
  }

  private react(event: RoomEvent): void {
    const relation = relationOf(event);
    const target = relation?.event_id ?? '';
    const key = relation?.key ?? '';
    if (this.redactedIds.has(event.event_id)) return;
    const item = this.byId.get(target);
    if (!item) {
      this.pendingReactions.set(target, [...(this.pendingReactions.get(target) ?? []), event]);
      return;
    }
    const reaction = item.reactions.get(key) ?? { key, senders: new Map<string, string>() };
    reaction.senders.set(event.sender, event.event_id);
    item.reactions.set(key, reaction);
    this.reactionTargets.set(event.event_id, { target, key, sender: event.sender });
  }

  private redact(id: string | undefined): void {
    if (!id) return;
    this.redactedIds.add(id);
    const item = this.byId.get(id);
    if (item) {
      item.redacted = true;
      item.content = {};
      item.reactions.clear();
    }
    const reaction = this.reactionTargets.get(id);
    const target = reaction && this.byId.get(reaction.target);
    if (!reaction || !target) return;
    const senders = target.reactions.get(reaction.key)?.senders;
    senders?.delete(reaction.sender);
    if (senders?.size === 0) target.reactions.delete(reaction.key);
  }

  /** A reply in a thread updates its root's summary, wherever the reply itself is shown. */
  countReply(reply: RoomEvent, mine: boolean): void {
    const root = this.byId.get(threadRoot(reply) ?? '');
    if (!root) return;
    const known = root.thread;
    if (known?.latest_event?.event_id === reply.event_id) return;
    root.thread = {
      count: (known?.count ?? 0) + 1,
      latest_event: reply,
      current_user_participated: mine || (known?.current_user_participated ?? false),
    };
  }
}
