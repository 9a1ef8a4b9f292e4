import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { blocksOf } from './blocks';
import { compare, countWords, folded } from './compare';

type Tree = [string, Record<string, unknown>, ...(Tree | string)[]];

function element([name, attributes, ...children]: Tree): Y.XmlElement {
  const node = new Y.XmlElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value as string);
  node.insert(
    0,
    children.map((child) => (typeof child === 'string' ? new Y.XmlText(child) : element(child))),
  );
  return node;
}

function page(...trees: Tree[]): Y.Doc {
  const doc = new Y.Doc();
  doc.getXmlFragment('default').insert(0, trees.map(element));
  return doc;
}

const p = (text: string): Tree => ['paragraph', {}, text];

test('a page is read line by line, with the signs that people see', () => {
  const doc = page(
    ['heading', { level: 2 }, 'Ordre du jour'],
    ['orderedList', { start: 3 }, ['listItem', {}, p('Budget'), p('et fin')], ['listItem', {}, p('Divers')]],
    [
      'taskList',
      {},
      ['taskItem', { checked: true }, p('Écrire'), ['bulletList', {}, ['listItem', {}, p('à Ada')]]],
    ],
    ['table', {}, ['tableRow', {}, ['tableHeader', {}, p('Jalon')], ['tableCell', {}, p('Juin')]]],
    ['blockquote', {}, p('Dit-elle')],
    ['paragraph', {}, 'Avec ', ['mention', { kind: 'person', label: 'Ada' }], ['hardBreak', {}], 'ici'],
    ['image', { alt: 'Plan', src: '/api/v1/files/x/content' }],
    p(''),
  );
  const lines = blocksOf(doc).map(({ kind, sign, depth, text }) => `${kind} ${depth} ${sign} ${text}`);
  expect(lines).toEqual([
    'h2 0  Ordre du jour',
    'item 1 3. Budget',
    'item 1  et fin',
    'item 1 4. Divers',
    'item 1 ☑ Écrire',
    'item 2 • à Ada',
    'row 0  Jalon | Juin',
    'quote 0  Dit-elle',
    'text 0  Avec @Ada\nici',
    'image 0  Plan',
  ]);
});

test('lines are changed, added, removed; the words of a changed line are told apart', () => {
  const before = blocksOf(page(p('Titre'), p('Le budget est voté en juin.'), p('Tout autre chose')));
  const after = blocksOf(page(p('Titre'), p('Le budget sera voté en juin.'), p('Nouveau paragraphe long')));
  const changes = compare(before, after);
  expect(changes.map((change) => change.kind)).toEqual(['same', 'changed', 'removed', 'added']);
  expect(countWords(changes)).toEqual({ added: 4, removed: 4 });
});

test('bold alone makes a changed line without changed words', () => {
  const doc = page(p('Important'));
  const before = blocksOf(doc);
  const line = (doc.getXmlFragment('default').get(0) as Y.XmlElement).get(0) as Y.XmlText;
  line.format(0, 9, { bold: {} });
  const changes = compare(before, blocksOf(doc));
  expect(changes.map((change) => change.kind)).toEqual(['changed']);
  expect(countWords(changes)).toEqual({ added: 0, removed: 0 });
});

test('long runs of unchanged lines are folded', () => {
  const lines = Array.from({ length: 20 }, (_, at) => p(`Ligne ${String.fromCharCode(97 + at)}`));
  const before = blocksOf(page(...lines));
  const after = blocksOf(page(...lines.slice(0, 10), p('Au milieu'), ...lines.slice(10)));
  const shown = folded(compare(before, after));
  expect(shown.map((one) => (one.kind === 'hidden' ? one.changes.length : one.kind))).toEqual([
    9,
    'same',
    'added',
    'same',
    9,
  ]);
});
