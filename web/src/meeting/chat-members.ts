import { fetchMe, keys, queryClient } from '../lib/api/queries';
import { matrixClient, type MatrixClient } from '../matrix/client';
import { lastSpoken, unreadChat } from './chat';

/** Follows the salon for the button's number and what is said aloud. Returns how to stop. */
export function followSalon(roomId: string): () => void {
  const started = Date.now();
  let stop: () => void = () => undefined;
  let over = false;
  const look = (client: MatrixClient) => {
    const room = client.rooms.get(roomId);
    if (!room) return;
    unreadChat.set(room.unread);
    const item = room.timeline.items.findLast(
      (one) => one.event.sender !== client.me && one.event.type === 'm.room.message',
    );
    if (!item || item.event.origin_server_ts < started || item.redacted) return;
    const guest = item.event.sender === room.house ? item.content['fr.parvis.guest'] : undefined;
    lastSpoken.set({
      id: item.id,
      author: guest?.name ?? room.memberName(item.event.sender),
      text: guest?.text ?? item.content.body ?? '',
    });
  };
  void queryClient.fetchQuery({ queryKey: keys.me, queryFn: fetchMe }).then(
    (me) => {
      if (over) return;
      const client = matrixClient(me);
      stop = client.version.subscribe(() => look(client));
      look(client);
    },
    () => undefined, // the chat says so itself when it is opened
  );
  return () => {
    over = true;
    stop();
    unreadChat.set(0);
  };
}
