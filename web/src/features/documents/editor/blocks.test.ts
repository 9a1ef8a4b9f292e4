import { expect, test } from 'vitest';
import { linkTarget, matching } from './blocks';

test('a link leads to the web, to a mailbox or into the house, never into code', () => {
  expect(linkTarget('legifrance.gouv.fr/loi')).toBe('https://legifrance.gouv.fr/loi');
  expect(linkTarget('/c/juristes')).toBe('/c/juristes');
  expect(linkTarget('mailto:ada@interieur.test')).toBe('mailto:ada@interieur.test');
  expect(linkTarget('javascript:alert(1)')).toBeUndefined();
  expect(linkTarget('//ailleurs.example')).toBeUndefined();
});

test('names that start with the letters come first, accents aside', () => {
  expect(matching(['Barré', 'Séparateur', 'Paragraphe'], 'para', (name) => name)).toEqual([
    'Paragraphe',
    'Séparateur',
  ]);
});
