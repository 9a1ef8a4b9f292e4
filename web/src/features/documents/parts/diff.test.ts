import { expect, test } from 'vitest';
import { diff, diffWords, likeness } from './diff';

const shown = (before: string, after: string) =>
  diffWords(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'added' ? `[+${text}]` : `[-${text}]`))
    .join('');

test('words that changed stand beside each other, what is the same stays whole', () => {
  expect(shown('Le budget est voté.', 'Le budget est voté.')).toBe('Le budget est voté.');
  expect(shown('Le budget est voté.', 'Le budget sera voté.')).toBe('Le budget [-est][+sera] voté.');
  expect(shown('', 'Nouveau')).toBe('[+Nouveau]');
  expect(shown('Ancien', '')).toBe('[-Ancien]');
  expect(shown('un deux trois', 'un trois')).toBe('un [-deux ]trois');
  expect(shown('réunion à 10 h', 'Réunion à 14 h')).toBe('[-réunion][+Réunion] à [-10][+14] h');
});

test('each side can be read back from the pieces', () => {
  const words = ['a', 'b', 'c', ' ', 'd', 'e'];
  let seed = 7;
  const next = (most: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % most;
  for (let round = 0; round < 300; round += 1) {
    const text = () => Array.from({ length: next(14) }, () => words[next(words.length)]);
    const [before, after] = [text(), text()];
    const pieces = diff(before, after, (word) => word ?? '');
    const side = (kind: 'added' | 'removed') =>
      pieces.filter((piece) => piece.kind !== kind).flatMap((piece) => piece.items);
    expect(side('added')).toEqual(before);
    expect(side('removed')).toEqual(after);
  }
});

test('two texts without anything in common are not compared for ever', () => {
  const before = Array.from({ length: 5000 }, (_, at) => `a${at}`);
  const after = Array.from({ length: 5000 }, (_, at) => `b${at}`);
  const pieces = diff(before, after, (word) => word);
  expect(pieces.map(({ kind, items }) => [kind, items.length])).toEqual([
    ['removed', 5000],
    ['added', 5000],
  ]);
});

test('likeness of two texts', () => {
  expect(likeness(diffWords('le budget', 'le budget'))).toBe(1);
  expect(likeness(diffWords('le budget', 'autre chose'))).toBe(0);
  expect(likeness(diffWords('le budget est voté', 'le budget sera voté'))).toBeGreaterThan(0.6);
});
