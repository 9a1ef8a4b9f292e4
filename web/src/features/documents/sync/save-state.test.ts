import { expect, test } from 'vitest';
import { nextDelayMs, saveState } from './save-state';

const calm = { refused: false, online: true, synced: true, unsaved: false };

test('saved is said only when the server has all of it', () => {
  expect(saveState(calm)).toBe('saved');
  expect(saveState({ ...calm, unsaved: true })).toBe('saving');
});

test('without a connection what was written waits on the device', () => {
  expect(saveState({ ...calm, synced: false, online: false })).toBe('offline');
  expect(saveState({ ...calm, synced: false, online: false, unsaved: true })).toBe('waiting');
  expect(saveState({ ...calm, synced: false })).toBe('connecting');
});

test('a refusal is never called offline', () => {
  expect(saveState({ ...calm, refused: true, synced: false })).toBe('refused');
});

test('attempts space out and stay bounded', () => {
  expect(nextDelayMs(1, 0)).toBe(500);
  expect(nextDelayMs(1, 1)).toBe(1000);
  expect(nextDelayMs(50, 1)).toBe(30_000);
});
