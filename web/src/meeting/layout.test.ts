import { expect, test } from 'vitest';
import type { Tile } from './call';
import { arrange, bringForward, cellsFor, pageCapacity, pageOf, type View } from './layout';

const tile = (name: string, more: Partial<Tile> = {}): Tile => ({
  key: more.screen ? `${name} screen` : name,
  identity: name,
  name,
  self: false,
  verified: true,
  host: false,
  muted: false,
  speaking: false,
  poor: false,
  hand: '',
  screen: false,
  video: undefined,
  ...more,
});
const view = (more: Partial<View> = {}): View => ({
  layout: 'auto',
  pinned: undefined,
  hideSelf: false,
  speaker: undefined,
  share: undefined,
  ...more,
});
const names = (tiles: Tile[]) => tiles.map(({ key }) => key);
const me = tile('me', { self: true });

test('by itself: everybody alike, then the shared screen when there is one', () => {
  expect(arrange([me, tile('a')], view()).kind).toBe('grid');
  const shared = arrange([me, tile('a'), tile('a', { screen: true })], view());
  expect(shared.kind === 'focus' && shared.large.key).toBe('a screen');
  expect(shared.kind === 'focus' && names(shared.beside)).toEqual(['me', 'a']);
});

test('of several screens one chooses; one’s own is for the others', () => {
  const all = [
    me,
    tile('a', { screen: true }),
    tile('b', { screen: true }),
    tile('me', { self: true, screen: true }),
  ];
  const first = arrange(all, view());
  expect(first.kind === 'focus' && first.large.key).toBe('b screen');
  expect(first.kind === 'focus' && first.shares).toHaveLength(3);
  const chosen = arrange(all, view({ share: 'a screen' }));
  expect(chosen.kind === 'focus' && chosen.large.key).toBe('a screen');
});

test('the speaker is large, never oneself while another is there', () => {
  const all = [me, tile('a'), tile('b')];
  const spoken = arrange(all, view({ layout: 'speaker', speaker: 'b' }));
  expect(spoken.kind === 'focus' && spoken.large.key).toBe('b');
  const silent = arrange(all, view({ layout: 'speaker' }));
  expect(silent.kind === 'focus' && silent.large.key).toBe('a');
  expect(arrange([me], view({ layout: 'speaker' })).kind).toBe('grid');
});

test('a pinned tile is large in every layout; without it the layout is back', () => {
  const all = [me, tile('a'), tile('b')];
  const pinned = arrange(all, view({ layout: 'grid', pinned: 'a' }));
  expect(pinned.kind === 'focus' && pinned.large.key).toBe('a');
  expect(arrange([me, tile('b')], view({ layout: 'grid', pinned: 'a' })).kind).toBe('grid');
});

test('one’s own tile can be hidden, but not when one is alone', () => {
  const two = arrange([me, tile('a')], view({ hideSelf: true }));
  expect(two.kind === 'grid' && names(two.tiles)).toEqual(['a']);
  const alone = arrange([me], view({ hideSelf: true }));
  expect(alone.kind === 'grid' && names(alone.tiles)).toEqual(['me']);
});

test('cells fill the stage without leaving it, upright or lying', () => {
  for (const size of [
    { width: 1100, height: 700 },
    { width: 340, height: 560 },
    { width: 700, height: 240 },
  ])
    for (let count = 1; count <= 25; count += 1) {
      const { columns, width, height } = cellsFor(count, size);
      const rows = Math.ceil(count / columns);
      expect(columns * width + (columns - 1) * 12).toBeLessThanOrEqual(size.width);
      expect(rows * height + (rows - 1) * 12).toBeLessThanOrEqual(size.height);
    }
  expect(cellsFor(2, { width: 340, height: 560 }).columns).toBe(1);
  expect(cellsFor(2, { width: 700, height: 240 }).columns).toBe(2);
});

test('a page holds fewer tiles in a small window, and never none', () => {
  expect(pageCapacity({ width: 1700, height: 900 })).toBe(25);
  expect(pageCapacity({ width: 340, height: 560 })).toBe(6);
  expect(pageCapacity({ width: 100, height: 40 })).toBe(1);
});

test('pages end where the people end', () => {
  const tiles = ['a', 'b', 'c', 'd', 'e'].map((name) => tile(name));
  expect(names(pageOf(tiles, 2, 2).tiles)).toEqual(['e']);
  expect(pageOf(tiles, 9, 2)).toMatchObject({ page: 2, pages: 3 });
});

test('whoever speaks on a later page comes to the first, in the place of the most silent', () => {
  const tiles = [me, tile('a'), tile('b'), tile('c'), tile('d')];
  const spoke = new Map([
    ['a', 5],
    ['d', 9],
  ]);
  expect(names(bringForward(tiles, 3, spoke))).toEqual(['me', 'a', 'd', 'c', 'b']);
  expect(names(bringForward(tiles, 3, new Map()))).toEqual(names(tiles));
});
