import { describe, expect, it } from 'vitest';
import { daysBack, grid, sumBy, type Line } from './model';

const line = (day: string, hour: number, tool: string, bytes: number): Line => ({
  day,
  hour,
  tool,
  traffic: 'interactive',
  path: 'internal',
  bytes_in: 0,
  bytes_out: bytes,
});

describe('sums', () => {
  it('are heaviest first', () => {
    const lines = [line('d', 1, 'chat', 5), line('d', 2, 'files', 50), line('d', 3, 'chat', 6)];
    expect(sumBy(lines, (l) => l.tool).map((share) => [share.key, share.bytes])).toEqual([
      ['files', 50],
      ['chat', 11],
    ]);
  });
  it('stand in their slot, small tools added up', () => {
    const lines = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((tool, index) =>
      line('2026-11-23', 9, tool, 100 - index),
    );
    const table = grid(lines, ['2026-11-22', '2026-11-23'], (l) => l.day);
    expect(table.tools).toEqual(['a', 'b', 'c', 'd', 'e', 'other']);
    expect(table.values[0]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(table.values[1]).toEqual([100, 99, 98, 97, 96, 95 + 94]);
  });
  it('follow the day of Paris, not the one of the device', () => {
    expect(daysBack(1, new Date('2026-11-23T23:30:00Z'))).toEqual(['2026-11-24']);
    expect(daysBack(2, new Date('2026-07-01T21:59:00Z'))).toEqual(['2026-06-30', '2026-07-01']);
  });

  it('cover the days up to today', () => {
    expect(daysBack(3, new Date(2026, 2, 1, 12))).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  });
});
