import { keys, queryClient, refreshSpaces } from '../api/queries';
import type { NotificationPage } from '../api/queries';
import type { LiveFrame, MeterToday } from '../api/schema';
import { signInPath } from '../paths';
import { store } from '../store';
import { keepSocket, type SocketState } from './socket';

export const liveState = store<SocketState>('connecting');
/** The build the server serves now; when it changes, this page is older than its server. */
export const newBuild = store(false);

type Relayed = { frame: LiveFrame } | { state: SocketState } | { missed: true };

let build: string | undefined;
const listeners = new Set<(frame: LiveFrame) => void>();

/** Other tools (messages, files) listen to the hints that concern them. */
export function onLive(listener: (frame: LiveFrame) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function applyFrame(frame: LiveFrame): void {
  switch (frame.t) {
    case 'hello':
      if (build !== undefined && build !== frame.build) newBuild.set(true);
      build = frame.build;
      break;
    case 'notifications':
      queryClient.setQueryData<NotificationPage>(keys.notifications, (page) =>
        page ? { ...page, unread: frame.unread } : page,
      );
      void queryClient.invalidateQueries({ queryKey: keys.notifications });
      void queryClient.invalidateQueries({ queryKey: keys.home });
      break;
    case 'space':
    case 'membership':
      void refreshSpaces();
      break;
    case 'meter':
      queryClient.setQueryData<MeterToday>(keys.meterToday, (today) =>
        today ? { ...today, bytes_in: frame.bytes_in, bytes_out: frame.bytes_out } : today,
      );
      break;
    case 'signed_out':
      location.assign(signInPath(location.pathname));
      break;
  }
  for (const listener of [...listeners]) listener(frame);
}

function receive(message: Relayed): void {
  if ('frame' in message) applyFrame(message.frame);
  else if ('state' in message) liveState.set(message.state);
  else void queryClient.invalidateQueries();
}

/**
 * One socket per device: the tab that holds the lock owns it and relays to the others.
 * When that tab closes, the lock passes on and another tab connects.
 */
export function startLive(): void {
  const channel = new BroadcastChannel('parvis.live');
  channel.onmessage = (event: MessageEvent<Relayed>) => receive(event.data);
  const tell = (message: Relayed) => {
    receive(message);
    channel.postMessage(message);
  };
  const own = () => {
    const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;
    keepSocket({
      url,
      frame: (frame) => tell({ frame }),
      state: (state) => tell({ state }),
      missed: () => tell({ missed: true }),
    });
    return new Promise<never>(() => undefined);
  };
  if ('locks' in navigator) {
    liveState.set('open');
    void navigator.locks.request('parvis.live', own);
  } else void own();
}
