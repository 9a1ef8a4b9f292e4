import { useEffect } from 'preact/hooks';
import { dictionary, useText } from '../../lib/i18n';
import { useStore } from '../../lib/store';
import type { MatrixClient } from '../../matrix/client';
import { Conversation } from '../../features/messages/conversation';
import { useMatrix, useRoom } from '../../features/messages/use-matrix';
import { matrix, roomPath } from '../../matrix/http';
import { Banner, EmptyState, Skeleton } from '../../ui/feedback';
import type { InsideProps } from '../inside';
import { Outside } from '../outside';

const salonTexts = dictionary(
  {
    guests: 'Les invités de la visio lisent les messages écrits depuis leur arrivée, et répondent ici.',
    joining: 'Vous n’êtes pas dans ce salon.',
  },
  {
    guests: 'Guests of the meeting read what is written since they came in, and answer here.',
    joining: 'You are not in this room.',
  },
);

function Room({ client, id, inside }: { client: MatrixClient; id: string } & InsideProps) {
  const texts = useText(salonTexts);
  const state = useStore(client.state);
  const room = useRoom(client, id);
  const guests = inside.meeting?.guest_chat ?? false;
  const absent = state !== 'starting' && !room;
  useEffect(() => {
    // Whoever left the salon is taken in again: the meeting's people write there.
    if (absent) void matrix('POST', roomPath(id, '/join'), { body: {} }).catch(() => undefined);
  }, [absent, id]);
  if (!room) return absent ? <EmptyState>{texts.joining}</EmptyState> : <Skeleton lines={6} />;
  return (
    <>
      {guests && (
        <Banner tone="info">
          <span class="small">{texts.guests}</span>
        </Banner>
      )}
      <Conversation client={client} room={room} heading="h3" />
    </>
  );
}

/** The salon of the meeting: what is written here stays there. */
export function ChatSalon({ inside }: InsideProps) {
  const client = useMatrix();
  const id = inside.meeting?.chat_room_id;
  return (
    <Outside>
      <div class="visio-chat">
        {client && id ? <Room client={client} id={id} inside={inside} /> : <Skeleton lines={6} />}
      </div>
    </Outside>
  );
}
