import './messages.css';
import { useState } from 'preact/hooks';
import type { RouteProps } from '../../app/routes';
import { usePageTitle } from '../../lib/a11y/title';
import { useText } from '../../lib/i18n';
import { useStore } from '../../lib/store';
import type { MatrixClient } from '../../matrix/client';
import { Button, ButtonLink } from '../../ui/button';
import { EmptyState, Skeleton } from '../../ui/feedback';
import { pencilIcon } from '../../ui/icons';
import { Conversation } from './conversation';
import { messageTexts } from './i18n';
import { NewDirect } from './new-direct';
import { RoomList } from './room-list';
import { useMatrix, useRoom } from './use-matrix';

function Messages({ client, roomId }: { client: MatrixClient; roomId: string | undefined }) {
  const texts = useText(messageTexts);
  const state = useStore(client.state);
  const room = useRoom(client, roomId);
  const [writing, setWriting] = useState(false);
  usePageTitle(...(room ? [room.title(), texts.title] : [texts.title]));
  if (state === 'starting') return <Skeleton lines={8} />;
  return (
    <div class={roomId ? 'messages messages-open' : 'messages'}>
      <div class="messages-side">
        <div class="messages-side-head">
          <h1 tabIndex={-1}>{texts.title}</h1>
          <Button small icon={pencilIcon} onClick={() => setWriting(true)}>
            {texts.newDirect}
          </Button>
        </div>
        <RoomList client={client} current={roomId} />
      </div>
      {room ? (
        <Conversation client={client} room={room} backTo="/messages" />
      ) : (
        <div class="messages-none">
          <EmptyState action={client.rooms.size === 0 ? <ButtonLink href="/c">{texts.findSpaces}</ButtonLink> : undefined}>
            {client.rooms.size === 0 ? texts.none : roomId ? texts.joining : texts.choose}
          </EmptyState>
        </div>
      )}
      {writing && <NewDirect onClose={() => setWriting(false)} />}
    </div>
  );
}

export default function MessagesPage({ params }: RouteProps) {
  const client = useMatrix();
  const roomId = params['room'];
  return client ? <Messages client={client} roomId={roomId ? decodeURIComponent(roomId) : undefined} /> : <Skeleton lines={8} />;
}
