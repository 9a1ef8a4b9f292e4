export interface Piece<T> {
  kind: 'same' | 'added' | 'removed';
  items: T[];
}

/** Beyond so many steps two texts have little in common: they are shown as one replaced by the other. */
const mostSteps = 1000;

/** The furthest places reached with each number of steps (Myers, 1986), or nothing when there are too many. */
function reach(before: readonly string[], after: readonly string[]): Int32Array[] | undefined {
  const longest = Math.min(before.length + after.length, mostSteps);
  const middle = longest + 1;
  const furthest = new Int32Array(2 * longest + 3);
  const trace: Int32Array[] = [];
  for (let steps = 0; steps <= longest; steps += 1) {
    trace.push(furthest.slice());
    for (let lane = -steps; lane <= steps; lane += 2) {
      const down =
        lane === -steps ||
        (lane !== steps && (furthest[middle + lane - 1] ?? 0) < (furthest[middle + lane + 1] ?? 0));
      let x = down ? (furthest[middle + lane + 1] ?? 0) : (furthest[middle + lane - 1] ?? 0) + 1;
      while (x < before.length && x - lane < after.length && before[x] === after[x - lane]) x += 1;
      furthest[middle + lane] = x;
      if (x >= before.length && x - lane >= after.length) return trace;
    }
  }
  return undefined;
}

type Step = Piece<number>['kind'];

function stepsBetween(before: readonly string[], after: readonly string[]): Step[] {
  const trace = reach(before, after);
  if (!trace) return [...before.map((): Step => 'removed'), ...after.map((): Step => 'added')];
  const middle = Math.min(before.length + after.length, mostSteps) + 1;
  const result: Step[] = [];
  let x = before.length;
  let y = after.length;
  for (let steps = trace.length - 1; steps >= 0; steps -= 1) {
    const furthest = trace[steps] ?? new Int32Array();
    const lane = x - y;
    const down =
      lane === -steps ||
      (lane !== steps && (furthest[middle + lane - 1] ?? 0) < (furthest[middle + lane + 1] ?? 0));
    const from = down ? lane + 1 : lane - 1;
    const fromX = steps === 0 ? 0 : (furthest[middle + from] ?? 0);
    const fromY = steps === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      result.push('same');
      x -= 1;
      y -= 1;
    }
    if (steps === 0) break;
    result.push(down ? 'added' : 'removed');
    x = fromX;
    y = fromY;
  }
  return result.reverse();
}

/** What became of each item, in reading order; where one gave way to another, what was removed stands first. */
export function diff<T>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): Piece<T>[] {
  const a = before.map(keyOf);
  const b = after.map(keyOf);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end += 1;
  const steps: Step[] = [
    ...a.slice(0, start).map((): Step => 'same'),
    ...stepsBetween(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map((): Step => 'same'),
  ];
  const pieces: Piece<T>[] = [];
  let x = 0;
  let y = 0;
  const add = (kind: Step, item: T | undefined) => {
    if (item === undefined) return;
    const last = pieces[pieces.length - 1];
    if (last?.kind === kind) last.items.push(item);
    else if (kind === 'removed' && last?.kind === 'added') {
      // Removed stands before added, also when the two take turns.
      const earlier = pieces[pieces.length - 2];
      if (earlier?.kind === 'removed') earlier.items.push(item);
      else pieces.splice(pieces.length - 1, 0, { kind, items: [item] });
    } else pieces.push({ kind, items: [item] });
  };
  for (const step of steps) {
    if (step === 'added') add(step, after[y++]);
    else {
      if (step === 'same') y += 1;
      add(step, step === 'same' ? after[y - 1] : before[x]);
      x += 1;
    }
  }
  return pieces;
}

/** Words, spaces and signs, each a token of its own. */
export const tokensOf = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];

export interface TextPiece {
  kind: Step;
  text: string;
}

/** The same between two texts, word by word. */
export function diffWords(before: string, after: string): TextPiece[] {
  return diff(tokensOf(before), tokensOf(after), (token) => token).map(({ kind, items }) => ({
    kind,
    text: items.join(''),
  }));
}

/** How much of two texts is the same: 1 when they are equal, 0 when they share no word. */
export function likeness(pieces: readonly TextPiece[]): number {
  const size = (kind: Step) =>
    pieces.reduce((sum, piece) => sum + (piece.kind === kind ? piece.text.trim().length : 0), 0);
  const same = size('same') * 2;
  const whole = same + size('added') + size('removed');
  return whole === 0 ? 1 : same / whole;
}
