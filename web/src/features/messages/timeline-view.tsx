import type { ComponentType, ComponentChildren, Ref } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { VList, type VListHandle } from 'virtua';
import { day } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { useStore } from '../../lib/store';
import type { MatrixClient } from '../../matrix/client';
import type { Room } from '../../matrix/room';
import type { Item, Timeline } from '../../matrix/timeline';
import { Button } from '../../ui/button';
import { arrowDownIcon } from '../../ui/icons';
import { messageTexts } from './i18n';
import { Message, type MessageHooks } from './message';

/** virtua is written for React; under Preact it is this component. */
const List = VList as unknown as ComponentType<{
  ref?: Ref<VListHandle>;
  class?: string;
  data: readonly Row[];
  shift: boolean;
  onScroll: (offset: number) => void;
  children: (row: Row, index: number) => ComponentChildren;
  'aria-label': string;
  role: string;
  tabIndex: number;
}>;

type Row =
  | { kind: 'day'; id: string; at: number }
  | { kind: 'new'; id: string }
  | { kind: 'event'; id: string; items: Item[] }
  | { kind: 'message'; id: string; item: Item; follows: boolean };

const sameAuthorMs = 5 * 60_000;
const bottomPixels = 60;
const olderPixels = 600;
/** Where arrow keys lead from the message at `index` of `count`. */
const steps: Record<string, (index: number, count: number) => number> = {
  ArrowUp: (index) => index - 1,
  ArrowDown: (index) => index + 1,
  Home: () => 0,
  End: (_, count) => count - 1,
};
const dayOf = (at: number) => new Date(at).toDateString();

/** Arrivals that follow each other are told in one line, departures likewise. */
const sameChange = (one: Item, other: Item) =>
  one.event.type === 'm.room.member' &&
  other.event.type === 'm.room.member' &&
  (one.event.content.membership === 'join') === (other.event.content.membership === 'join');

/** Days, the line of what is new, and messages grouped by author. */
function rowsOf(items: readonly Item[], firstNew: string | undefined, house: string | undefined): Row[] {
  const rows: Row[] = [];
  let previous: Item | undefined;
  for (const item of items) {
    if (item.event.state_key !== undefined && item.event.sender === house && item.event.state_key === (item.event.type === 'm.room.member' ? house : ''))
      continue; // how the house set the room up tells people nothing
    const at = item.event.origin_server_ts;
    const newDay = !previous || dayOf(previous.event.origin_server_ts) !== dayOf(at);
    if (newDay) rows.push({ kind: 'day', id: `day-${dayOf(at)}`, at });
    if (item.id === firstNew) rows.push({ kind: 'new', id: 'new' });
    if (item.event.state_key !== undefined) {
      const line = rows.at(-1);
      if (line?.kind === 'event' && line.items[0] && sameChange(line.items[0], item)) line.items.push(item);
      else rows.push({ kind: 'event', id: item.id, items: [item] });
    } else {
      const follows =
        !newDay &&
        item.id !== firstNew &&
        previous?.event.state_key === undefined &&
        previous?.event.sender === item.event.sender &&
        previous.event.content['fr.parvis.guest']?.name === item.event.content['fr.parvis.guest']?.name &&
        at - previous.event.origin_server_ts < sameAuthorMs;
      rows.push({ kind: 'message', id: item.id, item, follows });
    }
    previous = item;
  }
  return rows;
}

function DayLine({ at }: { at: number }) {
  const texts = useText(messageTexts);
  const now = Date.now();
  const label = dayOf(at) === dayOf(now) ? texts.today : dayOf(at) === dayOf(now - 86_400_000) ? texts.yesterday : day(at);
  return <p class="day-line">{label}</p>;
}

function StateLine({ room, items }: { room: Room; items: Item[] }) {
  const texts = useText(messageTexts);
  const first = items[0];
  if (!first) return null;
  const { type, content, sender } = first.event;
  let text = '';
  if (type === 'm.room.member') {
    const names = new Set(items.map(({ event }) => event.content.displayname ?? room.memberName(event.state_key ?? '')));
    text = content.membership === 'join' ? texts.joined([...names]) : texts.left([...names]);
  } else if (type === 'm.room.name') text = texts.renamed(room.memberName(sender), content.name ?? '');
  else text = texts.retopic(room.memberName(sender));
  return <p class="state-line">{text}</p>;
}

function readersOf(room: Room, me: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [user, id] of room.receipts) if (user !== me) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

interface Props extends MessageHooks {
  client: MatrixClient;
  room: Room;
  timeline: Timeline;
  label: string;
  firstNew?: string | undefined;
  onOlder?: (() => Promise<void>) | undefined;
  hasOlder: boolean;
  onBottom?: ((last: Item) => void) | undefined;
}

export function TimelineView({ client, room, timeline, label, firstNew, onOlder, hasOlder, onBottom, ...hooks }: Props) {
  const texts = useText(messageTexts);
  const version = useStore(timeline.version);
  const roomVersion = useStore(room.version);
  const list = useRef<VListHandle>(null);
  const loading = useRef(false);
  const [shifting, setShifting] = useState(false);
  const [atBottom, setAtBottom] = useState(true);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the timeline changes in place, its version tells when
  const rows = useMemo(() => rowsOf(timeline.items, firstNew, room.house), [timeline, version, firstNew, room.house]);
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const readers = useMemo(() => readersOf(room, client.me), [room, roomVersion, client.me]);
  const last = timeline.items.at(-1);
  const frame = useRef<HTMLDivElement>(null);
  const [visited, setVisited] = useState('');
  const messages = useMemo(() => rows.filter((row) => row.kind === 'message').map((row) => row.id), [rows]);
  const active = messages.includes(visited) ? visited : messages.at(-1);

  const toBottom = useCallback(() => list.current?.scrollToIndex(rows.length - 1, { align: 'end' }), [rows.length]);
  useLayoutEffect(() => {
    if (atBottom && !shifting) toBottom();
  }, [rows, atBottom, shifting, toBottom]);
  useEffect(() => {
    if (atBottom && last?.status === 'sent' && document.visibilityState === 'visible') onBottom?.(last);
  }, [atBottom, last?.id, last?.status]); // eslint-disable-line react-hooks/exhaustive-deps

  const older = useCallback(async () => {
    if (loading.current || !hasOlder || !onOlder) return;
    loading.current = true;
    setShifting(true);
    try {
      await onOlder();
    } finally {
      loading.current = false;
      requestAnimationFrame(() => setShifting(false));
    }
  }, [hasOlder, onOlder]);
  useEffect(() => {
    const handle = list.current;
    if (handle && hasOlder && handle.scrollSize <= handle.viewportSize + olderPixels) void older();
  }, [rows.length, hasOlder, older]);

  const onScroll = (offset: number) => {
    const handle = list.current;
    if (!handle) return;
    setAtBottom(handle.scrollSize - handle.viewportSize - offset < bottomPixels);
    if (offset < olderPixels) void older();
  };
  const onFocusIn = ({ target }: FocusEvent) => {
    const id = target instanceof HTMLElement && target.closest<HTMLElement>('[data-message]')?.dataset.message;
    if (id) setVisited(id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (!step || !active || !(event.target instanceof HTMLElement) || !event.target.matches('[data-message], [role=log]')) return;
    const next = messages[Math.min(Math.max(step(messages.indexOf(active), messages.length), 0), messages.length - 1)];
    if (!next) return;
    event.preventDefault();
    setVisited(next);
    list.current?.scrollToIndex(rows.findIndex((row) => row.id === next), { align: 'nearest' });
    requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(next)}"]`)?.focus());
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- hears what its messages hear
    <div class="timeline" ref={frame} onFocusIn={onFocusIn} onKeyDown={onKeyDown}>
      <List ref={list} class="timeline-list" role="log" aria-label={label} tabIndex={-1} data={rows} shift={shifting} onScroll={onScroll}>
        {(row) => {
          if (row.kind === 'day') return <DayLine key={row.id} at={row.at} />;
          if (row.kind === 'new')
            return (
              <p key="new" class="day-line day-line-new">
                {texts.newMessages}
              </p>
            );
          if (row.kind === 'event') return <StateLine key={row.id} room={room} items={row.items} />;
          return (
            <Message
              key={row.id}
              client={client}
              room={room}
              timeline={timeline}
              item={row.item}
              follows={row.follows}
              active={row.id === active}
              seenBy={row.item === last && row.item.event.sender === client.me ? (readers.get(row.id) ?? 0) : 0}
              {...hooks}
            />
          );
        }}
      </List>
      {!atBottom && (
        <span class="to-bottom">
          <Button small icon={arrowDownIcon} onClick={toBottom}>
            {texts.toBottom}
          </Button>
        </span>
      )}
    </div>
  );
}
