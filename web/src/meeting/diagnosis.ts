/** What the line is like now: sums of the last seconds. */
export interface LineFigures {
  /** Since the connection began. */
  bytes: number;
  sentKbit: number;
  receivedKbit: number;
  delayMs: number;
  jitterMs: number;
  lossInPercent: number;
  lossOutPercent: number;
  transport: 'udp' | 'tcp' | undefined;
  /** What holds the encoder of one's own images back. */
  limitedBy: 'cpu' | 'bandwidth' | undefined;
  /** The server's own opinion. */
  quality: 'excellent' | 'good' | 'poor' | 'lost' | 'unknown';
  /** The browser says that the network is slow, or that data is to be saved. */
  savesData: boolean;
  freezes: boolean;
}

export const problems = [
  'lost',
  'loss_in',
  'loss_out',
  'far',
  'jitter',
  'tcp',
  'cpu',
  'narrow_out',
  'freezes',
  'saves_data',
] as const;
export type Problem = (typeof problems)[number];

const lossPercent = 3;
const farMs = 250;
const jitteryMs = 40;

/** What is wrong, the worst first; nothing when the line is good. */
export function diagnose(line: LineFigures): Problem[] {
  const found: Record<Problem, boolean> = {
    lost: line.quality === 'lost',
    loss_in: line.lossInPercent >= lossPercent,
    loss_out: line.lossOutPercent >= lossPercent,
    far: line.delayMs >= farMs,
    jitter: line.jitterMs >= jitteryMs,
    tcp: line.transport === 'tcp',
    cpu: line.limitedBy === 'cpu',
    narrow_out: line.limitedBy === 'bandwidth',
    freezes: line.freezes,
    saves_data: line.savesData,
  };
  return problems.filter((problem) => found[problem]);
}

/** In one word, for the button: the server's opinion counts, and so does what this side sees. */
export function verdictOf(line: LineFigures): 'good' | 'fair' | 'poor' {
  const worst = Math.max(line.lossInPercent, line.lossOutPercent);
  if (['poor', 'lost'].includes(line.quality) || worst >= 8 || line.delayMs >= 500) return 'poor';
  const minor = diagnose(line).filter((problem) => problem !== 'tcp' && problem !== 'saves_data');
  return minor.length > 0 ? 'fair' : 'good';
}
