import { expect, test } from 'vitest';
import { documentIn, ownPath } from './paste-link';

test('an address of the house becomes a path, and names a page when it is one', () => {
  const own = 'https://parvis.example';
  const id = '01hzy3m5t8k2n4p6q8r0s2t4v6';
  expect(ownPath(`${own}/messages/!a:b?message=$c`, own)).toBe('/messages/!a:b?message=$c');
  expect(ownPath('https://parvis.example.org/d/x', own)).toBe('https://parvis.example.org/d/x');
  expect(documentIn(`/d/${id}?modifier`)).toBe(id);
  expect(documentIn(`/documents/${id}/lecture`)).toBe(id);
  expect(documentIn('/d/nouveau')).toBeUndefined();
  expect(documentIn(`https://ailleurs.example/d/${id}`)).toBeUndefined();
});
