import { expect, test } from 'vitest';
import { goodForMs, ModeKeeper, poorForMs, wantedIn } from './modes';

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
