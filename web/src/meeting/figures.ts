import { ConnectionQuality, type Room } from 'livekit-client';
import type { LineFigures } from './diagnosis';

type Report = Record<string, unknown>;
const figure = (one: Report, name: string) => (typeof one[name] === 'number' ? one[name] : 0);

interface Sums {
  at: number;
  sent: number;
  received: number;
  packetsIn: number;
  lostIn: number;
  packetsOut: number;
  lostOut: number;
  frozen: number;
}
const nothing: Sums = {
  at: 0,
  sent: 0,
  received: 0,
  packetsIn: 0,
  lostIn: 0,
  packetsOut: 0,
  lostOut: 0,
  frozen: 0,
};

const qualities: Partial<Record<ConnectionQuality, LineFigures['quality']>> = {
  [ConnectionQuality.Excellent]: 'excellent',
  [ConnectionQuality.Good]: 'good',
  [ConnectionQuality.Poor]: 'poor',
  [ConnectionQuality.Lost]: 'lost',
};
const percent = (lost: number, of: number) => (of > 0 ? Math.round((100 * Math.max(0, lost)) / of) : 0);

/** What the browser counts of the room's connections. */
async function reportsOf(room: Room): Promise<Map<string, Report>> {
  const all = new Map<string, Report>();
  // livekit-client has no engine once the room was left, whatever its type says.
  const engine = room.engine as typeof room.engine | undefined;
  const { publisher, subscriber } = engine?.pcManager ?? {};
  for (const report of await Promise.all([publisher?.getStats(), subscriber?.getStats()]))
    report?.forEach((one: Report) => all.set(`${String(one['type'])} ${String(one['id'])}`, one));
  return all;
}

/** IPv4 and UDP, which the browser does not count. */
const headerBytes = 28;
const onWire = (pair: Report | undefined, way: 'Sent' | 'Received') =>
  pair ? figure(pair, `bytes${way}`) + figure(pair, `packets${way}`) * headerBytes : 0;

/** Reads what the connection is like, from one call to the next. */
export class LineMeter {
  private before = nothing;
  constructor(private readonly room: Room) {}

  async read(): Promise<LineFigures> {
    const reports = [...(await reportsOf(this.room)).values()];
    const of = (type: string) => reports.filter((one) => one['type'] === type);
    const sum = (type: string, name: string) => of(type).reduce((total, one) => total + figure(one, name), 0);
    const pair = of('candidate-pair')
      .filter((one) => one['state'] === 'succeeded')
      .sort((a, b) => figure(b, 'bytesReceived') - figure(a, 'bytesReceived'))[0];
    const local = pair && of('local-candidate').find((one) => one['id'] === pair['localCandidateId']);
    const now: Sums = {
      at: performance.now(),
      sent: onWire(pair, 'Sent'),
      received: onWire(pair, 'Received'),
      packetsIn: sum('inbound-rtp', 'packetsReceived'),
      lostIn: sum('inbound-rtp', 'packetsLost'),
      packetsOut: sum('outbound-rtp', 'packetsSent'),
      lostOut: sum('remote-inbound-rtp', 'packetsLost'),
      frozen: sum('inbound-rtp', 'freezeCount'),
    };
    const { before } = this;
    this.before = now;
    const seconds = before.at > 0 ? (now.at - before.at) / 1000 : 0;
    const kbit = (bytes: number) => (seconds > 0 ? Math.max(0, Math.round((bytes * 8) / 1000 / seconds)) : 0);
    const lostIn = now.lostIn - before.lostIn;
    const lostOut = now.lostOut - before.lostOut;
    const jitter = Math.max(0, ...of('inbound-rtp').map((one) => figure(one, 'jitter')));
    const protocol = local?.['relayProtocol'] ?? local?.['protocol'];
    const limits = of('outbound-rtp').map((one) => one['qualityLimitationReason']);
    const network = (navigator as { connection?: { saveData?: boolean; effectiveType?: string } }).connection;
    return {
      bytes: now.sent + now.received,
      sentKbit: kbit(now.sent - before.sent),
      receivedKbit: kbit(now.received - before.received),
      delayMs: Math.round((pair ? figure(pair, 'currentRoundTripTime') : 0) * 1000),
      jitterMs: Math.round(jitter * 1000),
      lossInPercent: percent(lostIn, now.packetsIn - before.packetsIn + lostIn),
      lossOutPercent: percent(lostOut, now.packetsOut - before.packetsOut),
      transport: protocol === 'udp' || protocol === 'tcp' ? protocol : undefined,
      limitedBy: limits.includes('cpu') ? 'cpu' : limits.includes('bandwidth') ? 'bandwidth' : undefined,
      quality: qualities[this.room.localParticipant.connectionQuality] ?? 'unknown',
      savesData: Boolean(network?.saveData) || ['slow-2g', '2g'].includes(network?.effectiveType ?? ''),
      freezes: now.frozen - before.frozen > 0,
    };
  }
}
