import './messages.css';
import { queryClient, useQuery } from '../../lib/query';
import { useState } from 'preact/hooks';
import { useSearch } from 'wouter';
import { useAction } from '../../lib/action';
import { api } from '../../lib/api/client';
import type { Room as RoomBrief, Space } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { spacePath } from '../../lib/paths';
import { useStore } from '../../lib/store';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { EmptyState, Skeleton } from '../../ui/feedback';
import { TextField } from '../../ui/field';
import { plusIcon } from '../../ui/icons';
import type { MatrixClient } from '../../matrix/client';
import { Conversation } from './conversation';
import { messageTexts } from './i18n';
import { RoomRow } from './room-list';
import { useMatrix, useRooms } from './use-matrix';

function NewRoom({ space, onClose }: { space: Space; onClose: () => void }) {
  const texts = useText(messageTexts);
  const [name, setName] = useState('');
  const [topic, setTopic] = useState('');
  const create = useAction(
    () => api.post<RoomBrief>(`/spaces/${space.id}/rooms`, { name, topic, kind: 'salon' }),
    {
      quiet: true,
      onDone: async () => {
        await queryClient.invalidateQueries({ queryKey: ['rooms', space.id] });
        onClose();
      },
    },
  );
  return (
    <Dialog
      title={texts.newRoom}
      onClose={onClose}
      onSubmit={() => create.run(undefined)}
      footer={
        <Button type="submit" variant="primary" busy={create.busy} disabled={name.trim() === ''}>
          {texts.createRoom}
        </Button>
      }
    >
      <TextField label={texts.roomName} value={name} onValue={setName} error={create.problem} maxLength={80} required />
      <TextField label={texts.roomTopic} value={topic} onValue={setTopic} maxLength={200} />
    </Dialog>
  );
}

function Rooms({ client, space }: { client: MatrixClient; space: Space }) {
  const texts = useText(messageTexts);
  useRooms(client);
  const state = useStore(client.state);
  const [creating, setCreating] = useState(false);
  const wanted = new URLSearchParams(useSearch()).get('salon');
  const { data } = useQuery({
    queryKey: ['rooms', space.id],
    queryFn: () => api.get<{ rooms: RoomBrief[] }>(`/spaces/${space.id}/rooms`),
  });
  if (!data || state === 'starting') return <Skeleton lines={6} />;
  const joined = data.rooms.flatMap((brief) => client.rooms.get(brief.room_id) ?? []);
  const current = joined.find((room) => room.id === wanted) ?? joined[0];
  const base = spacePath(space, 'discussion');
  return (
    <div class={wanted ? 'messages messages-in-space messages-open' : 'messages messages-in-space'}>
      <div class="messages-side">
        <div class="messages-side-head">
          <h2>{texts.rooms}</h2>
          {space.may.includes('room_create') && (
            <Button small icon={plusIcon} onClick={() => setCreating(true)}>
              {texts.newRoom}
            </Button>
          )}
        </div>
        <nav class="room-list" aria-label={texts.rooms}>
          <ul>
            {joined.map((room) => (
              <RoomRow key={room.id} room={room} href={`${base}?salon=${encodeURIComponent(room.id)}`} current={room === current} />
            ))}
          </ul>
        </nav>
      </div>
      {current ? (
        <Conversation
          client={client}
          room={current}
          backTo={base}
          {...(space.may.includes('meeting_join') && { meetIn: space.id })}
        />
      ) : (
        <div class="messages-none">
          <EmptyState>{data.rooms.length === 0 ? texts.noRoom : space.role ? texts.joining : texts.join}</EmptyState>
        </div>
      )}
      {creating && <NewRoom space={space} onClose={() => setCreating(false)} />}
    </div>
  );
}

/** The Discussion tab of a space: its rooms, the first one open. */
export default function SpaceDiscussion({ space }: { space: Space }) {
  const client = useMatrix();
  return client ? <Rooms client={client} space={space} /> : <Skeleton lines={6} />;
}
