import { useState } from 'preact/hooks';
import { Link } from 'wouter';
import { ago, fold } from '../../lib/format';
import { useText } from '../../lib/i18n';
import type { MatrixClient } from '../../matrix/client';
import type { Room } from '../../matrix/room';
import { Avatar, Badge } from '../../ui/display';
import { SegmentedControl } from '../../ui/choice';
import { SearchField } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { hashIcon, lockIcon } from '../../ui/icons';
import { messageTexts } from './i18n';
import { useRooms } from './use-matrix';

type Filter = 'all' | 'unread' | 'direct';

function lastLine(room: Room): string {
  const last = room.timeline.items.findLast((item) => item.event.state_key === undefined && !item.redacted);
  if (!last?.content.body) return '';
  return `${room.memberName(last.event.sender)} : ${last.content.body}`;
}

export function RoomRow({ room, href, current, place }: { room: Room; href: string; current: boolean; place?: string | undefined }) {
  const texts = useText(messageTexts);
  const title = room.title();
  return (
    <li>
      <Link class="room-row" href={href} aria-current={current ? 'page' : undefined}>
        {room.direct ? (
          <Avatar id={room.otherPerson() ?? room.id} name={title} />
        ) : (
          <span class="tile tone-primary">
            <Icon d={room.encrypted ? lockIcon : hashIcon} />
          </span>
        )}
        <span class="grow room-row-text">
          <span class={room.unread > 0 ? 'strong' : ''}>{title}</span>
          {place && <span class="muted small"> {place}</span>}
          <span class="room-row-last">{lastLine(room)}</span>
        </span>
        <span class="room-row-end">
          {room.lastAt > 0 && <span class="muted small">{ago(room.lastAt)}</span>}
          <Badge count={room.unread} label={texts.unread(room.unread)} />
        </span>
      </Link>
    </li>
  );
}

export function RoomList({ client, current }: { client: MatrixClient; current: string | undefined }) {
  const texts = useText(messageTexts);
  useRooms(client);
  const [filter, setFilter] = useState<Filter>('all');
  const [query, setQuery] = useState('');
  const wanted = fold(query);
  const rooms = client
    .conversations()
    .filter((room) => filter === 'all' || (filter === 'unread' ? room.unread > 0 : room.direct))
    .filter((room) => wanted === '' || fold(room.title()).includes(wanted));
  const place = (room: Room) => {
    const parent = room.parent ? client.rooms.get(room.parent) : undefined;
    return parent ? texts.in(parent.title()) : undefined;
  };
  return (
    <nav class="room-list" aria-label={texts.conversations}>
      <SegmentedControl
        legend={texts.filter}
        value={filter}
        onValue={setFilter}
        options={[
          { value: 'all', label: texts.all },
          { value: 'unread', label: texts.unreadOnly },
          { value: 'direct', label: texts.directOnly },
        ]}
      />
      <SearchField label={texts.find} value={query} onValue={setQuery} />
      {rooms.length === 0 && <p class="muted room-list-empty">{client.conversations().length === 0 ? texts.none : texts.noneFound}</p>}
      <ul>
        {rooms.map((room) => (
          <RoomRow
            key={room.id}
            room={room}
            href={`/messages/${encodeURIComponent(room.id)}`}
            current={room.id === current}
            place={place(room)}
          />
        ))}
      </ul>
    </nav>
  );
}
