import * as Y from 'yjs';

export type BlockKind = 'text' | 'h1' | 'h2' | 'h3' | 'item' | 'quote' | 'code' | 'row' | 'rule' | 'image';

/** One line of a page as people see it, flat: what two states of a page are compared by. */
export interface Block {
  kind: BlockKind;
  /** What stands before the text: a bullet, a number, a box. */
  sign: string;
  depth: number;
  text: string;
  /** Bold, links and the like: equal when the line looks the same. */
  format: string;
}

export const blockKey = (block: Block): string =>
  `${block.kind}\n${block.depth}\n${block.sign}\n${block.text}\n${block.format}`;

type Part = { insert: unknown; attributes?: Record<string, unknown> };

const isElement = (value: unknown): value is Y.XmlElement => value instanceof Y.XmlElement;

const attribute = (element: Y.XmlElement, name: string): unknown =>
  (element.getAttributes() as Record<string, unknown>)[name];

const words = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function inline(element: Y.XmlElement): string {
  if (element.nodeName === 'mention') {
    const sign = attribute(element, 'kind') === 'person' ? '@' : '';
    return sign + words(attribute(element, 'label'));
  }
  return element.nodeName === 'hardBreak' ? '\n' : '';
}

/** The words of a line, and where they are bold, linked… */
function lineOf(element: Y.XmlElement): { text: string; format: string } {
  let text = '';
  const marks: string[] = [];
  for (const child of element.toArray()) {
    if (isElement(child)) text += inline(child);
    if (!(child instanceof Y.XmlText)) continue;
    for (const part of child.toDelta() as Part[]) {
      const said = typeof part.insert === 'string' ? part.insert : '';
      if (part.attributes) marks.push(`${text.length}+${said.length}:${JSON.stringify(part.attributes)}`);
      text += said;
    }
  }
  return { text, format: marks.join(' ') };
}

const plain = (element: Y.XmlElement): string =>
  lineOf(element).text +
  element
    .toArray()
    .filter(isElement)
    .filter((child) => child.nodeName !== 'mention' && child.nodeName !== 'hardBreak')
    .map(plain)
    .join(' ');

interface Place {
  depth: number;
  sign: string;
  kind: BlockKind;
}

const textKinds: Record<string, BlockKind> = { paragraph: 'text', codeBlock: 'code' };

function signOf(item: Y.XmlElement, list: string, number: number): string {
  if (list === 'taskList') return attribute(item, 'checked') === true ? '☑' : '☐';
  return list === 'orderedList' ? `${number}.` : '•';
}

function walkList(list: Y.XmlElement, depth: number, out: Block[]): void {
  let number = Number(attribute(list, 'start') ?? 1);
  for (const item of list.toArray().filter(isElement)) {
    // The sign stands before the first line of the item only.
    let sign = signOf(item, list.nodeName, number);
    for (const child of item.toArray().filter(isElement)) {
      walk(child, { depth, sign, kind: 'item' }, out);
      sign = '';
    }
    number += 1;
  }
}

function walk(element: Y.XmlElement, place: Place, out: Block[]): void {
  const add = (kind: BlockKind, line: { text: string; format: string }) =>
    out.push({ kind, sign: place.sign, depth: place.depth, ...line });
  switch (element.nodeName) {
    case 'bulletList':
    case 'orderedList':
    case 'taskList':
      walkList(element, place.depth + 1, out);
      break;
    case 'blockquote':
      for (const child of element.toArray().filter(isElement)) walk(child, { ...place, kind: 'quote' }, out);
      break;
    case 'table':
      for (const row of element.toArray().filter(isElement))
        add('row', { text: row.toArray().filter(isElement).map(plain).join(' | '), format: '' });
      break;
    case 'horizontalRule':
      add('rule', { text: '', format: '' });
      break;
    case 'image':
      add('image', { text: words(attribute(element, 'alt')), format: words(attribute(element, 'src')) });
      break;
    case 'heading':
      add(`h${Math.min(3, Number(attribute(element, 'level') ?? 1))}` as BlockKind, lineOf(element));
      break;
    default: {
      const kind = textKinds[element.nodeName];
      if (kind) add(kind === 'text' ? place.kind : kind, lineOf(element));
      else for (const child of element.toArray().filter(isElement)) walk(child, place, out);
    }
  }
}

export function blocksOf(doc: Y.Doc): Block[] {
  const out: Block[] = [];
  for (const child of doc.getXmlFragment('default').toArray())
    if (isElement(child)) walk(child, { depth: 0, sign: '', kind: 'text' }, out);
  // The empty line at the end, where one goes on writing, says nothing.
  while (out.length > 0 && out[out.length - 1]?.kind === 'text' && out[out.length - 1]?.text === '')
    out.pop();
  return out;
}
