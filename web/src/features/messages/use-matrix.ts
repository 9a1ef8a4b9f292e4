import { useEffect, useState } from 'preact/hooks';
import { useMe } from '../../lib/api/queries';
import { useStore } from '../../lib/store';
import { store } from '../../lib/store';
import { matrixClient, type MatrixClient } from '../../matrix/client';
import type { Room } from '../../matrix/room';

/** The page's Matrix client, once the session is known. */
export function useMatrix(): MatrixClient | undefined {
  const { data: me } = useMe();
  const [client, setClient] = useState<MatrixClient>();
  useEffect(() => {
    if (me) setClient(matrixClient(me));
  }, [me]);
  return client;
}

const none = store(0);

/** Follows every change of the client's list of rooms. */
export const useRooms = (client: MatrixClient | undefined): number => useStore(client?.version ?? none);

export function useRoom(client: MatrixClient, id: string | undefined): Room | undefined {
  useRooms(client);
  return id === undefined ? undefined : client.rooms.get(id);
}
