import { ConnectionError, ConnectionErrorReason, Room, RoomEvent } from 'livekit-client';
import type { LineCheck } from '../lib/api/schema';

export interface LineResult {
  /** Nothing passes: the meeting's socket, or its sound and images. */
  blocked?: 'socket' | 'media';
  transport: 'udp' | 'tcp' | undefined;
  delayMs: number;
  kbit: number;
  /** All that was to be sent passed: the line carries at least that. */
  atLeast: boolean;
}

export const mostBytes = 750_000;
const longestMs = 4_000;
const pieceBytes = 12_000;
const echoes = 5;
const topic = 'parvis.check';

/** What the figures mean for a meeting. */
export function adviceOf({ blocked, delayMs, kbit }: LineResult): 'good' | 'sound' | 'poor' {
  if (blocked || kbit < 100 || delayMs >= 600) return 'poor';
  return kbit < 900 || delayMs >= 300 ? 'sound' : 'good';
}

async function transportOf(room: Room): Promise<LineResult['transport']> {
  const engine = room.engine as typeof room.engine | undefined;
  const stats = await engine?.pcManager?.publisher.getStats();
  let local: string | undefined;
  const protocols = new Map<string, string>();
  stats?.forEach(
    (one: { type: string; id: string; state?: string; localCandidateId?: string; protocol?: string }) => {
      if (one.type === 'candidate-pair' && one.state === 'succeeded') local = one.localCandidateId;
      if (one.type === 'local-candidate' && one.protocol) protocols.set(one.id, one.protocol);
    },
  );
  const protocol = local === undefined ? undefined : protocols.get(local);
  return protocol === 'udp' || protocol === 'tcp' ? protocol : undefined;
}

/** Two connections of this browser in a room of their own: what one sends, the other receives, by the server. */
export async function checkLine({ server_url, first, second }: LineCheck): Promise<LineResult> {
  const one = new Room();
  const two = new Room();
  try {
    await Promise.all([one.connect(server_url, first), two.connect(server_url, second)]);
    const transport = await transportOf(one);
    const delayMs = await echo(one, two);
    return { transport, delayMs, ...(await flood(one, two)) };
  } catch (error) {
    const reason: unknown = error instanceof ConnectionError ? error.reason : undefined;
    const socket: unknown[] = [ConnectionErrorReason.ServerUnreachable, ConnectionErrorReason.WebSocket];
    const blocked = socket.includes(reason) ? 'socket' : 'media';
    return { blocked, transport: undefined, delayMs: 0, kbit: 0, atLeast: false };
  } finally {
    await Promise.all([one.disconnect(), two.disconnect()]);
  }
}

/** From one to the other is once to the server and once back. The best of some tries: the others waited somewhere. */
async function echo(from: Room, to: Room): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < echoes; turn += 1) {
    const arrived = new Promise<void>((resolve) => to.once(RoomEvent.DataReceived, () => resolve()));
    const start = performance.now();
    await from.localParticipant.publishData(new Uint8Array(1), { reliable: true, topic });
    await arrived;
    best = Math.min(best, performance.now() - start);
  }
  return Math.round(best);
}

async function flood(from: Room, to: Room): Promise<Pick<LineResult, 'kbit' | 'atLeast'>> {
  let received = 0;
  let lastAt = 0;
  let all: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (all = resolve));
  to.on(RoomEvent.DataReceived, (payload) => {
    received += payload.byteLength;
    lastAt = performance.now();
    if (received >= mostBytes) all();
  });
  const start = performance.now();
  const late = new Promise<void>((resolve) => setTimeout(resolve, longestMs));
  const sending = (async () => {
    const piece = crypto.getRandomValues(new Uint8Array(pieceBytes));
    for (let sent = 0; sent < mostBytes && performance.now() - start < longestMs; sent += pieceBytes)
      await from.localParticipant.publishData(piece, { reliable: true, topic });
  })().catch(() => undefined);
  await Promise.race([Promise.all([done, sending]), late]);
  const seconds = Math.max(0.001, (lastAt - start) / 1000);
  return { kbit: Math.round((received * 8) / 1000 / seconds), atLeast: received >= mostBytes };
}
