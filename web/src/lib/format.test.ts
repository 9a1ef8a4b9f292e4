import { afterEach, describe, expect, it } from 'vitest';
import { ago, clock, fold, initials, weight } from './format';
import { frenchSpacing, language, plural } from './i18n';

afterEach(() => language.set('fr'));

describe('weight', () => {
  it.each([
    [0, '0\u00a0octet'],
    [842, '842\u00a0octets'],
    [84_000, '84\u00a0Ko'],
    [3_400_000, '3,4\u00a0Mo'],
    [184_000_000, '184\u00a0Mo'],
    [999_600, '1\u00a0Mo'],
    [5_000_000_000, '5\u00a0Go'],
  ])('writes %d as %s', (bytes, text) => expect(weight(bytes)).toBe(text));

  it('speaks English too', () => {
    language.set('en');
    expect(weight(3_400_000)).toBe('3.4\u00a0MB');
  });
});

describe('time', () => {
  const now = new Date(2026, 10, 23, 10, 0).getTime();
  it('is as precise as one needs to act', () => {
    expect(ago(now - 10_000, now)).toBe('à l’instant');
    expect(ago(now - 12 * 60_000, now)).toBe('il y a 12\u00a0min');
    expect(ago(now - 2 * 3_600_000, now)).toBe('aujourd’hui à 8\u00a0h\u00a000');
    expect(ago(now - 20 * 3_600_000, now)).toBe('hier à 14\u00a0h\u00a000');
  });
  it('is written the French way', () => {
    expect(clock(now)).toBe('10\u00a0h\u00a000');
  });
});

describe('words', () => {
  it('puts the French spaces', () => {
    expect(frenchSpacing('Quitter « Achats » ?')).toBe('Quitter «\u202fAchats\u202f»\u202f?');
    expect(frenchSpacing('Salons : deux')).toBe('Salons\u00a0: deux');
  });
  it('counts', () => {
    expect(plural(0, 'membre', 'membres')).toBe('0 membre');
    expect(plural(2, 'membre', 'membres')).toBe('2 membres');
    language.set('en');
    expect(plural(0, 'member', 'members')).toBe('0 members');
  });
  it('makes initials without the small words', () => {
    expect(initials('Simplification des démarches')).toBe('SD');
    expect(initials('Maëlle Le Goff')).toBe('MG');
    expect(initials('Général')).toBe('GÉ');
  });
  it('folds accents', () => expect(fold('Éducation')).toBe('education'));
});
