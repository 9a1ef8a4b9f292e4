import { expect, test } from 'vitest';
import type { Reception } from '../lib/api/schema';
import { goodForMs, ModeKeeper, poorForMs, wantedIn, lighter, mayChoose } from './modes';
import { saidOf } from './policy-notice';

const watch = (keeper: ModeKeeper, poor: boolean, fromMs: number, forMs: number) => {
  const changes = [];
  for (let now = fromMs; now <= fromMs + forMs; now += 2_000) {
    const next = keeper.observe(poor, now);
    if (next) changes.push(next);
  }
  return changes;
};

test('a line that stays poor takes images away one step at a time, and a good one brings them back later', () => {
  const keeper = new ModeKeeper('full');
  expect(watch(keeper, true, 0, poorForMs - 2_000)).toEqual([]);
  expect(watch(keeper, true, poorForMs, 2 * poorForMs)).toEqual(['low_video', 'audio_slides', 'audio']);
  expect(watch(keeper, false, 100_000, goodForMs)).toEqual([]);
  expect(watch(keeper, false, 100_000 + goodForMs, 8 * goodForMs)).toContain('audio_slides');
});

test('a short trouble changes nothing, and nothing rises above what one chose', () => {
  const keeper = new ModeKeeper('audio_slides');
  expect(watch(keeper, true, 0, 4_000)).toEqual([]);
  expect(watch(keeper, false, 6_000, 20 * goodForMs)).toEqual([]);
  expect(keeper.current).toBe('audio_slides');
});

test('who keeps the images keeps them on a poor line', () => {
  const keeper = new ModeKeeper('full', 'full', true);
  expect(watch(keeper, true, 0, 60_000)).toEqual([]);
});

test('voices always, screens before faces', () => {
  expect(wantedIn('audio')).toEqual({ cameras: false, smallCameras: false, screens: false });
  expect(wantedIn('audio_slides').screens).toBe(true);
  expect(wantedIn('low_video').smallCameras).toBe(true);
});

const reception = (part: Partial<Reception> = {}): Reception => ({
  mode: 'audio_slides',
  network: 'rie',
  window: 'Midi',
  exempt: false,
  sentence: '',
  meetings: { entry: 'audio_slides', ceiling: 'low_video', urgent: true },
  until: 2_000,
  camera: false,
  urgent_now: false,
  soon: false,
  ...part,
});

test('the server’s bound counts; a fall for want of line remains below it', () => {
  const keeper = new ModeKeeper();
  expect(keeper.bound('low_video')).toBe('low_video');
  expect(keeper.bound('full')).toBe('full');
  watch(keeper, true, 0, poorForMs);
  expect(keeper.current).toBe('low_video');
  expect(keeper.bound('full')).toBe('low_video');
  expect(keeper.bound('audio')).toBe('audio');
});

test('one may choose up to the ceiling; beyond it with a reason, or when images are needed', () => {
  expect(mayChoose('full', undefined)).toBe(true);
  expect(mayChoose('low_video', reception())).toBe(true);
  expect(mayChoose('full', reception())).toBe(false);
  expect(mayChoose('full', reception({ urgent_now: true }))).toBe(true);
  expect(mayChoose('full', reception({ exempt: true }))).toBe(true);
  expect(lighter('low_video')).toBe('audio_slides');
  expect(lighter('audio')).toBeUndefined();
});

test('what is said of the policy: it begins soon, applies, was gone beyond, is over', () => {
  expect(saidOf(undefined, undefined)).toBeUndefined();
  expect(saidOf(reception(), undefined)).toBe('limited');
  expect(saidOf(reception({ urgent_now: true }), 'limited')).toBe('urgent');
  expect(saidOf(reception({ exempt: true }), undefined)).toBeUndefined();
  const free = { window: '', meetings: { entry: 'full', ceiling: 'full', urgent: true } } as const;
  expect(saidOf(reception({ ...free, mode: 'full', soon: true }), undefined)).toBe('soon');
  expect(saidOf(reception(free), 'limited')).toBe('ended');
  // Somebody who chose less on their own is not told of a window.
  expect(saidOf(reception(free), undefined)).toBeUndefined();
  expect(saidOf(reception({ ...free, mode: 'full' }), 'ended')).toBeUndefined();
});
