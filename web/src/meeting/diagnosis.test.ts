import { expect, test } from 'vitest';
import { diagnose, type LineFigures, verdictOf } from './diagnosis';

const good: LineFigures = {
  bytes: 0,
  sentKbit: 900,
  receivedKbit: 1200,
  delayMs: 30,
  jitterMs: 4,
  lossInPercent: 0,
  lossOutPercent: 0,
  transport: 'udp',
  limitedBy: undefined,
  quality: 'excellent',
  savesData: false,
  freezes: false,
};

test('a good line has no problem', () => {
  expect(diagnose(good)).toEqual([]);
  expect(verdictOf(good)).toBe('good');
});

test('which way packets are lost is told apart', () => {
  expect(diagnose({ ...good, lossInPercent: 4 })).toEqual(['loss_in']);
  expect(diagnose({ ...good, lossOutPercent: 4 })).toEqual(['loss_out']);
});

test('a busy processor is not taken for a bad network', () => {
  expect(diagnose({ ...good, limitedBy: 'cpu' })).toEqual(['cpu']);
  expect(diagnose({ ...good, limitedBy: 'bandwidth' })).toEqual(['narrow_out']);
});

test('TCP is said, and does not make a line bad by itself', () => {
  expect(diagnose({ ...good, transport: 'tcp' })).toEqual(['tcp']);
  expect(verdictOf({ ...good, transport: 'tcp' })).toBe('good');
});

test('the worst comes first, and the server’s opinion counts', () => {
  expect(diagnose({ ...good, delayMs: 600, lossInPercent: 9, jitterMs: 80 })).toEqual([
    'loss_in',
    'far',
    'jitter',
  ]);
  expect(verdictOf({ ...good, delayMs: 300 })).toBe('fair');
  expect(verdictOf({ ...good, quality: 'poor' })).toBe('poor');
  expect(verdictOf({ ...good, lossOutPercent: 9 })).toBe('poor');
});
