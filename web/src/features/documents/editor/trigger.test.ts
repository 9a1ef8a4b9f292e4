import { expect, test } from 'vitest';
import { matchTrigger } from './trigger';

test('a sign at the start of a word opens the list', () => {
  expect(matchTrigger('/')).toEqual({ sign: '/', query: '' });
  expect(matchTrigger('Vu avec @chlo')).toEqual({ sign: '@', query: 'chlo' });
  expect(matchTrigger('(#compte rendu')).toEqual({ sign: '#', query: 'compte rendu' });
});

test('inside a word or after a sentence it does not', () => {
  expect(matchTrigger('et/ou')).toBeUndefined();
  expect(matchTrigger('nom@exemple')).toBeUndefined();
  expect(matchTrigger('1 / 2')).toBeUndefined();
  expect(matchTrigger('@ada a dit que ')).toBeUndefined();
});
