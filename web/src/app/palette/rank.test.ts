import { describe, expect, it } from 'vitest';
import { parseQuery, ranked } from './rank';

const same = (name: string) => name;

describe('ranked', () => {
  it('puts names that begin with the query before those that contain it', () => {
    expect(ranked(['Messages', 'Agenda', 'Plan agencé'], 'age', same)).toEqual([
      'Agenda',
      'Plan agencé',
      'Messages',
    ]);
  });
  it('ignores accents and case', () => {
    expect(ranked(['Éducation', 'Achats'], 'educ', same)).toEqual(['Éducation']);
  });
  it('takes the query as plain text', () => {
    expect(ranked(['a+b', 'aab'], 'a+', same)).toEqual(['a+b']);
  });
});

describe('parseQuery', () => {
  it('reads the prefixes', () => {
    expect(parseQuery('>créer')).toEqual({ scope: 'actions', text: 'créer' });
    expect(parseQuery('@ claire ')).toEqual({ scope: 'people', text: 'claire' });
    expect(parseQuery('#guichet')).toEqual({ scope: 'rooms', text: 'guichet' });
    expect(parseQuery('guichet')).toEqual({ scope: 'all', text: 'guichet' });
  });
});
