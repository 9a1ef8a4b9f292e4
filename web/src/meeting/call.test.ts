import { expect, test } from 'vitest';
import { byTurn, type Tile } from './call';

const tile = (name: string, hand = ''): Tile => ({
  key: name,
  identity: name,
  name,
  self: false,
  verified: true,
  host: false,
  muted: false,
  speaking: false,
  poor: false,
  hand,
  screen: false,
  video: undefined,
});

test('hands come first, in the order they were raised; the others keep their place', () => {
  const tiles = [tile('a'), tile('b', '2026-11-24T10:00:02Z'), tile('c'), tile('d', '2026-11-24T10:00:01Z')];
  expect(tiles.sort(byTurn).map(({ name }) => name)).toEqual(['d', 'b', 'a', 'c']);
});
