import { expect, test } from 'vitest';
import { SpeakerKeeper } from './speaker';

const every = (keeper: SpeakerKeeper, who: string[], from: number, to: number) => {
  for (let now = from; now <= to; now += 200) keeper.observe(who, now);
  return keeper.current;
};

test('the first to speak is shown at once, and stays through silence', () => {
  const keeper = new SpeakerKeeper();
  expect(keeper.observe(['ada'], 0)).toBe('ada');
  expect(every(keeper, [], 200, 20_000)).toBe('ada');
});

test('a cough changes nothing; whoever goes on speaking is shown', () => {
  const keeper = new SpeakerKeeper();
  every(keeper, ['ada'], 0, 4_000);
  expect(every(keeper, ['bruno'], 4_200, 4_800)).toBe('ada');
  every(keeper, [], 5_000, 6_000);
  expect(every(keeper, ['bruno'], 6_200, 8_000)).toBe('bruno');
});

test('two who speak together do not make the picture jump', () => {
  const keeper = new SpeakerKeeper();
  every(keeper, ['ada'], 0, 6_000);
  let changes = 0;
  let before = keeper.current;
  for (let now = 6_200; now < 26_200; now += 200) {
    keeper.observe(now % 400 === 0 ? ['ada', 'bruno'] : ['bruno', 'ada'], now);
    if (keeper.current !== before) changes += 1;
    before = keeper.current;
  }
  expect(changes).toBeLessThanOrEqual(4);
});

test('whoever left is not shown any more', () => {
  const keeper = new SpeakerKeeper();
  keeper.observe(['ada'], 0);
  keeper.forget('ada');
  expect(keeper.observe([], 200)).toBeUndefined();
  expect(keeper.observe(['bruno'], 400)).toBe('bruno');
});
