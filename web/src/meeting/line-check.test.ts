import { expect, test } from 'vitest';
import { adviceOf, type LineResult } from './line-check';

const line = (more: Partial<LineResult>): LineResult => ({
  transport: 'udp',
  delayMs: 30,
  kbit: 4000,
  atLeast: true,
  ...more,
});

test('what the line carries decides; a long way makes even a broad line unpleasant', () => {
  expect(adviceOf(line({}))).toBe('good');
  expect(adviceOf(line({ kbit: 400 }))).toBe('sound');
  expect(adviceOf(line({ kbit: 60 }))).toBe('poor');
  expect(adviceOf(line({ delayMs: 350 }))).toBe('sound');
  expect(adviceOf(line({ delayMs: 900 }))).toBe('poor');
  expect(adviceOf(line({ blocked: 'media' }))).toBe('poor');
});
