import type { Node } from '@tiptap/pm/model';
import type { EditorState, Transaction } from '@tiptap/pm/state';
import { Decoration } from '@tiptap/pm/view';
import { fold } from '../../../lib/format';
import type { Painter } from './painters';

export interface Found {
  from: number;
  to: number;
}

export const paintFound = 'parvis.found';
const most = 1000;

/** Folding may change how long a text is ("œ" stays, "é" may be two): where each folded sign comes from. */
function foldedWithPlaces(text: string): { folded: string; places: number[] } {
  let folded = '';
  const places: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const sign = fold(text.charAt(at));
    for (let i = 0; i < sign.length; i += 1) places.push(at);
    folded += sign;
  }
  places.push(text.length);
  return { folded, places };
}

/** Where the words stand, whatever their case and accents, in the order of the text. Lines are not crossed. */
export function findIn(doc: Node, words: string): Found[] {
  const wanted = fold(words);
  const result: Found[] = [];
  if (wanted.trim() === '') return result;
  doc.descendants((node, position) => {
    if (!node.isTextblock) return result.length < most;
    const { folded, places } = foldedWithPlaces(node.textBetween(0, node.content.size, undefined, '\ufffc'));
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + wanted.length)) {
      if (result.length >= most) break;
      const start = places[at] ?? 0;
      const end = places[at + wanted.length - 1] ?? 0;
      result.push({ from: position + 1 + start, to: position + 2 + end });
    }
    return false;
  });
  return result;
}

/** Marks what was found, and finds again as the text changes. */
export class FindMarks implements Painter {
  found: Found[] = [];
  current = 0;
  private words = '';

  constructor(private readonly told: () => void) {}

  look(words: string): void {
    this.words = words;
    this.current = 0;
  }

  changed = (transaction: Transaction, state: EditorState): void => {
    if (!transaction.docChanged && transaction.getMeta(paintFound) !== true) return;
    this.found = findIn(state.doc, this.words);
    this.current = Math.max(0, Math.min(this.current, this.found.length - 1));
    this.told();
  };

  marks = (): Decoration[] =>
    this.found.map(({ from, to }, index) =>
      Decoration.inline(from, to, { class: index === this.current ? 'doc-found doc-found-on' : 'doc-found' }),
    );
}
