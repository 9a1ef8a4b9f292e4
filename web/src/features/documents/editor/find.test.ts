import { Schema } from '@tiptap/pm/model';
import { expect, test } from 'vitest';
import { findIn } from './find';

const schema = new Schema({
  nodes: {
    doc: { content: 'paragraph+' },
    paragraph: { content: 'inline*' },
    text: { group: 'inline' },
    chip: { group: 'inline', inline: true, atom: true },
  },
});
const p = (...texts: string[]) =>
  schema.node(
    'paragraph',
    null,
    texts.map((text) => (text === '' ? schema.node('chip') : schema.text(text))),
  );

test('words are found whatever their case and accents, where they stand', () => {
  const doc = schema.node('doc', null, [p('Élu en été.'), p('', ' Été 2026, étés')]);
  const found = findIn(doc, 'ete');
  expect(found.map(({ from, to }) => doc.textBetween(from, to))).toEqual(['été', 'Été', 'été']);
  expect(findIn(doc, 'ÉTÉ 2')).toHaveLength(1);
  expect(findIn(doc, 'absent')).toEqual([]);
  expect(findIn(doc, ' ')).toEqual([]);
});
