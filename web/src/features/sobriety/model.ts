import type { MeterReport } from '../../lib/api/schema';

export type Line = MeterReport['lines'][number];

export const bytesOf = (line: Line): number => line.bytes_in + line.bytes_out;

export interface Share {
  key: string;
  bytes_in: number;
  bytes_out: number;
  bytes: number;
}

/** Adds lines up by one of their keys, heaviest first. */
export function sumBy(lines: readonly Line[], key: (line: Line) => string): Share[] {
  const sums = new Map<string, Share>();
  for (const line of lines) {
    const name = key(line);
    const sum = sums.get(name) ?? { key: name, bytes_in: 0, bytes_out: 0, bytes: 0 };
    sum.bytes_in += line.bytes_in;
    sum.bytes_out += line.bytes_out;
    sum.bytes += bytesOf(line);
    sums.set(name, sum);
  }
  return [...sums.values()].sort((a, b) => b.bytes - a.bytes);
}

const dayMs = 86_400_000;

/** The server counts days and hours in Paris time, wherever the person is. */
export function parisDay(at: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Paris', dateStyle: 'short' }).format(at);
}

/** The days of a period that ends today, oldest first. */
export function daysBack(count: number, now = new Date()): string[] {
  const today = Date.parse(`${parisDay(now)}T12:00:00Z`);
  return Array.from({ length: count }, (_, index) =>
    new Date(today - (count - 1 - index) * dayMs).toISOString().slice(0, 10),
  );
}

export interface Grid {
  slots: string[];
  tools: string[];
  /** values[slot][tool], in bytes. */
  values: number[][];
}

const toolsShown = 5;
const otherTool = 'other';

/** Bytes by slot (a day or an hour) and by tool; beyond five tools, the smallest are added up. */
export function grid(lines: readonly Line[], slots: string[], slotOf: (line: Line) => string): Grid {
  const ranked = sumBy(lines, (line) => line.tool).map((share) => share.key);
  const tools = ranked.length > toolsShown ? [...ranked.slice(0, toolsShown), otherTool] : ranked;
  const values = slots.map(() => tools.map(() => 0));
  for (const line of lines) {
    const slot = slots.indexOf(slotOf(line));
    const found = tools.indexOf(line.tool);
    const tool = found >= 0 ? found : tools.length - 1;
    const row = values[slot];
    if (row?.[tool] !== undefined) row[tool] += bytesOf(line);
  }
  return { slots, tools, values };
}
