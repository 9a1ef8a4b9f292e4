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

export function isoDay(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The days of a period that ends today, oldest first. */
export function daysBack(count: number, today = new Date()): string[] {
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(today);
    day.setDate(day.getDate() - (count - 1 - index));
    return isoDay(day);
  });
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
