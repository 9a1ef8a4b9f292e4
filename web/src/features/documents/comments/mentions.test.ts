import { expect, test } from 'vitest';
import { partsOf, typedName, withMentions } from './mentions';

const ada = { id: '01hzy3m5t8k2n4p6q8r0s2t4v6', name: 'Ada Martin' };
const short = { id: '01hzy3m5t8k2n4p6q8r0s2t4v7', name: 'Ada' };

test('people chosen while typing are named by their id, and read back as names', () => {
  const text = withMentions('Bonjour @Ada Martin et @Ada, à @14 h', [short, ada]);
  expect(text).toBe(`Bonjour @[Ada Martin](${ada.id}) et @[Ada](${short.id}), à @14 h`);
  expect(partsOf(text)).toEqual(['Bonjour ', ada, ' et ', short, ', à @14 h']);
  expect(partsOf('sans personne')).toEqual(['sans personne']);
  expect(partsOf('')).toEqual([]);
});

test('a name is being typed after an @ at the start of a word', () => {
  expect(typedName('voir @Ad')).toBe('Ad');
  expect(typedName('@Ada Mar')).toBe('Ada Mar');
  expect(typedName('courriel ada@inter')).toBeUndefined();
  expect(typedName('voir @A')).toBeUndefined();
  expect(typedName('voir @Ada, ')).toBeUndefined();
});
