import { expect, test } from 'vitest';
import type { DocumentEntry } from '../../lib/api/schema';
import { treeRows, withDescendants } from './tree';

const page = (id: string, position: number, parent?: string): DocumentEntry => ({
  id,
  title: id,
  position,
  updated_at: 0,
  frozen: false,
  ...(parent !== undefined && { parent_id: parent }),
});
const pages = [page('b', 1), page('a', 0), page('a2', 1, 'a'), page('a1', 0, 'a'), page('lost', 0, 'gone')];

test('pages come in reading order, those without a visible parent at the top', () => {
  const rows = treeRows(pages, new Set());
  expect(rows.map((row) => `${row.depth}${row.document.id}`)).toEqual(['0a', '1a1', '1a2', '0lost', '0b']);
});

test('a closed page hides what is under it', () => {
  expect(treeRows(pages, new Set(['a'])).map((row) => row.document.id)).toEqual(['a', 'lost', 'b']);
});

test('a page may not move under its own pages', () => {
  expect([...withDescendants([...pages, page('a11', 0, 'a1')], 'a')].sort()).toEqual([
    'a',
    'a1',
    'a11',
    'a2',
  ]);
});
