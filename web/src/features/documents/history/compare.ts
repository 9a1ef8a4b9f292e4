import { diff, diffWords, likeness, type TextPiece } from '../parts/diff';
import { type Block, blockKey } from './blocks';

/** A line of the comparison. `changed`: the same line, with other words or another look. */
export type Change =
  | { kind: 'same' | 'added' | 'removed'; block: Block }
  | { kind: 'changed'; block: Block; before: Block; words: TextPiece[] };

const alike = 0.35;

/** Lines that gave way to others are shown as one changed line when they have enough in common. */
function paired(removed: Block[], added: Block[]): Change[] {
  const result: Change[] = [];
  let next = 0;
  for (const before of removed) {
    const found = added.findIndex((block, at) => {
      if (at < next || block.kind === 'rule' || block.text === '') return false;
      return likeness(diffWords(before.text, block.text)) >= alike;
    });
    if (found < 0) {
      result.push({ kind: 'removed', block: before });
      continue;
    }
    for (const block of added.slice(next, found)) result.push({ kind: 'added', block });
    const block = added[found];
    if (block) result.push({ kind: 'changed', block, before, words: diffWords(before.text, block.text) });
    next = found + 1;
  }
  for (const block of added.slice(next)) result.push({ kind: 'added', block });
  return result;
}

export function compare(before: readonly Block[], after: readonly Block[]): Change[] {
  const pieces = diff(before, after, blockKey);
  const result: Change[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    const next = pieces[at + 1];
    if (!piece) continue;
    if (piece.kind === 'removed' && next?.kind === 'added') {
      result.push(...paired(piece.items, next.items));
      at += 1;
    } else for (const block of piece.items) result.push({ kind: piece.kind, block });
  }
  return result;
}

const wordsIn = (text: string): number => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;

export function countWords(changes: readonly Change[]): { added: number; removed: number } {
  const count = { added: 0, removed: 0 };
  for (const change of changes) {
    if (change.kind === 'added' || change.kind === 'removed')
      count[change.kind] += wordsIn(change.block.text);
    if (change.kind !== 'changed') continue;
    for (const piece of change.words) if (piece.kind !== 'same') count[piece.kind] += wordsIn(piece.text);
  }
  return count;
}

export type Shown = Change | { kind: 'hidden'; changes: Change[] };

/** Long runs of unchanged lines are folded, with one line left on each side of a change. */
export function folded(changes: readonly Change[]): Shown[] {
  const result: Shown[] = [];
  let run: Change[] = [];
  const close = (last: boolean) => {
    const head = result.length === 0 ? 0 : 1;
    const tail = last ? 0 : 1;
    if (run.length <= head + tail + 2) result.push(...run);
    else {
      result.push(...run.slice(0, head));
      result.push({ kind: 'hidden', changes: run.slice(head, run.length - tail) });
      result.push(...run.slice(run.length - tail));
    }
    run = [];
  };
  for (const change of changes) {
    if (change.kind === 'same') run.push(change);
    else {
      close(false);
      result.push(change);
    }
  }
  close(true);
  return result;
}
