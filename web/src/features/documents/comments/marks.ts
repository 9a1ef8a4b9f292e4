import type { EditorState, Transaction } from '@tiptap/pm/state';
import { Decoration } from '@tiptap/pm/view';
import { cx } from '../../../ui/cx';
import type { Painter } from '../editor/painters';
import { type Anchor, type Range, rangeOf, syncState } from './anchors';

export const paintComments = 'parvis.comments';

interface Marked {
  id: string;
  anchor: Anchor;
  suggestion: boolean;
}

/** Keeps the commented passages in sight: they follow the text through everybody's changes. */
export class CommentMarks implements Painter {
  readonly ranges = new Map<string, Range>();
  private threads: readonly Marked[] = [];
  private active: string | undefined;
  private draft: Range | undefined;

  constructor(private readonly picked: (id: string) => void) {}

  show(threads: readonly Marked[], active: string | undefined, draft: Range | undefined): void {
    this.threads = threads;
    this.active = active;
    this.draft = draft;
  }

  changed = (transaction: Transaction, state: EditorState): void => {
    if (transaction.getMeta(paintComments) === true || syncState(state).isChangeOrigin) this.find(state);
    else if (transaction.docChanged) this.move(transaction);
  };

  marks = (): Decoration[] => {
    const result: Decoration[] = [];
    for (const { id, suggestion } of this.threads) {
      const range = this.ranges.get(id);
      if (!range) continue;
      const name = cx(
        'doc-comment',
        suggestion && 'doc-comment-suggestion',
        id === this.active && 'doc-comment-on',
      );
      result.push(Decoration.inline(range.from, range.to, { class: name, 'data-thread': id }));
    }
    if (this.draft)
      result.push(Decoration.inline(this.draft.from, this.draft.to, { class: 'doc-comment-draft' }));
    return result;
  };

  click = (position: number): boolean => {
    const id = this.at(position);
    if (id) this.picked(id);
    return false; // the cursor goes there too
  };

  /** The shortest commented passage around a place: the inner one of two that overlap. */
  at(position: number): string | undefined {
    let found: { id: string; size: number } | undefined;
    for (const { id } of this.threads) {
      const range = this.ranges.get(id);
      if (!range || position < range.from || position > range.to) continue;
      const size = range.to - range.from;
      if (!found || size < found.size) found = { id, size };
    }
    return found?.id;
  }

  private find(state: EditorState): void {
    this.ranges.clear();
    for (const thread of this.threads) {
      const range = rangeOf(state, thread.anchor);
      if (range) this.ranges.set(thread.id, range);
    }
    // The draft has no anchor yet: a change by somebody else may have moved its passage.
    if (this.draft && this.draft.to > state.doc.content.size) this.draft = undefined;
  }

  private move({ mapping }: Transaction): void {
    const moved = ({ from, to }: Range): Range | undefined => {
      const range = { from: mapping.map(from, 1), to: mapping.map(to, -1) };
      return range.from < range.to ? range : undefined;
    };
    for (const [id, range] of this.ranges) {
      const now = moved(range);
      if (now) this.ranges.set(id, now);
      else this.ranges.delete(id);
    }
    if (this.draft) this.draft = moved(this.draft);
  }
}
