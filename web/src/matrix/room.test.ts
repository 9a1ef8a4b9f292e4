import { describe, expect, it } from 'vitest';
import { Room } from './room';
import { Timeline } from './timeline';
import type { RoomEvent } from './types';

let clock = 0;
const event = (id: string, more: Partial<RoomEvent> = {}): RoomEvent => ({
  event_id: id,
  type: 'm.room.message',
  sender: '@a:x',
  origin_server_ts: (clock += 1),
  content: { msgtype: 'm.text', body: id },
  ...more,
});
const reaction = (id: string, target: string, sender = '@b:x') =>
  event(id, { type: 'm.reaction', sender, content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: '👍' } } });

describe('timeline', () => {
  it('keeps each event once, in order, older pages in front', () => {
    const timeline = new Timeline(() => true);
    timeline.addLive([event('$3')]);
    timeline.addOlder([event('$2'), event('$1')]);
    timeline.addLive([event('$3'), event('$4')]);
    expect(timeline.items.map((item) => item.id)).toEqual(['$1', '$2', '$3', '$4']);
  });

  it('replaces the echo of a sent message', () => {
    const timeline = new Timeline(() => true);
    timeline.addEcho({ id: 'w1', event: event('w1'), content: {}, edited: false, redacted: false, reactions: new Map(), thread: undefined, status: 'sending' });
    timeline.addLive([event('$1', { unsigned: { transaction_id: 'w1' } })]);
    expect(timeline.items).toHaveLength(1);
    expect(timeline.items[0]).toMatchObject({ id: '$1', status: 'sent' });
  });

  it('shows the newest edit, and only by the author', () => {
    const timeline = new Timeline(() => true);
    const replace = (id: string, body: string, sender = '@a:x') =>
      event(id, { sender, content: { 'm.new_content': { body }, 'm.relates_to': { rel_type: 'm.replace', event_id: '$1' } } });
    timeline.addLive([event('$1'), replace('$2', 'mieux'), replace('$3', 'volé', '@b:x')]);
    expect(timeline.items[0]).toMatchObject({ edited: true, content: { body: 'mieux' } });
  });

  it('counts reactions, also those that arrive before their message, and takes redacted ones away', () => {
    const timeline = new Timeline(() => true);
    timeline.addLive([reaction('$r', '$1')]);
    timeline.addOlder([event('$1')]);
    expect(timeline.items[0]?.reactions.get('👍')?.senders.size).toBe(1);
    timeline.addLive([event('$x', { type: 'm.room.redaction', redacts: '$r', content: {} })]);
    expect(timeline.items[0]?.reactions.size).toBe(0);
  });

  it('empties a redacted message', () => {
    const timeline = new Timeline(() => true);
    timeline.addLive([event('$1'), event('$x', { type: 'm.room.redaction', content: { redacts: '$1' } })]);
    expect(timeline.items[0]).toMatchObject({ redacted: true, content: {} });
  });
});

describe('room', () => {
  it('keeps thread replies out of the main timeline and counts them on their root', () => {
    const room = new Room('!r:x', '@me:x');
    const reply = event('$2', { content: { body: 'r', 'm.relates_to': { rel_type: 'm.thread', event_id: '$1' } } });
    room.apply({ timeline: { events: [event('$1')] } });
    room.apply({ timeline: { events: [reply] } });
    expect(room.timeline.items.map((item) => item.id)).toEqual(['$1']);
    expect(room.timeline.items[0]?.thread?.count).toBe(1);
  });

  it('is named after the other person when it has no name', () => {
    const room = new Room('!r:x', '@me:x');
    room.apply({
      summary: { 'm.heroes': ['@b:x'] },
      state: { events: [event('$m', { type: 'm.room.member', state_key: '@b:x', content: { membership: 'join', displayname: 'Idriss' } })] },
    });
    expect(room.title()).toBe('Idriss');
  });

  it('knows who may write from the power levels', () => {
    const room = new Room('!r:x', '@me:x');
    room.applyState(event('$p', { type: 'm.room.power_levels', state_key: '', content: { events_default: 10, users: { '@me:x': 0 } } }));
    expect(room.maySend()).toBe(false);
  });
});
