import type { LiveFrame } from '../api/schema';

const firstDelayMs = 1_000;
const longestDelayMs = 30_000;

export type SocketState = 'connecting' | 'open' | 'waiting';

export interface SocketHooks {
  url: string;
  frame: (frame: LiveFrame) => void;
  state: (state: SocketState) => void;
  /** Called when the connection comes back after a gap: hints were missed. */
  missed: () => void;
}

/** Full jitter: a thousand clients that lost the same server do not come back in the same second. */
export function retryDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** attempt);
  return firstDelayMs / 2 + random * ceiling;
}

export function parseFrame(text: unknown): LiveFrame | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 't' in value) return value as LiveFrame;
  } catch {
    return undefined;
  }
  return undefined;
}

/** Keeps one socket open until stopped. */
export function keepSocket(hooks: SocketHooks): () => void {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let opened = false;
  let stopped = false;

  const connect = () => {
    hooks.state('connecting');
    socket = new WebSocket(hooks.url);
    socket.onopen = () => {
      attempt = 0;
      hooks.state('open');
      if (opened) hooks.missed();
      opened = true;
    };
    socket.onmessage = (event) => {
      const frame = parseFrame(event.data);
      if (frame) hooks.frame(frame);
    };
    socket.onclose = () => {
      if (stopped) return;
      hooks.state('waiting');
      timer = setTimeout(connect, retryDelayMs(attempt, Math.random()));
      attempt += 1;
    };
  };
  const hurry = () => {
    if (stopped || socket?.readyState === WebSocket.OPEN || socket?.readyState === WebSocket.CONNECTING)
      return;
    clearTimeout(timer);
    attempt = 0;
    connect();
  };
  addEventListener('online', hurry);
  connect();
  return () => {
    stopped = true;
    removeEventListener('online', hurry);
    clearTimeout(timer);
    socket?.close();
  };
}
