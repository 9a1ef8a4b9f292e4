import { type EditorState, Plugin, type Transaction } from '@tiptap/pm/state';
import { type Decoration, DecorationSet } from '@tiptap/pm/view';

/** Something that marks places of the text without being in it: comments, what a search found. */
export interface Painter {
  /** After each change, before it is drawn. */
  changed: (transaction: Transaction, state: EditorState) => void;
  marks: () => Decoration[];
  /** True when the click was for it. */
  click?: (position: number) => boolean;
}

/**
 * Who paints may come and go while the editor lives (their code is fetched when it is needed): adding a plugin to a
 * living editor would end the shared session's own.
 */
export class Painters {
  private readonly list = new Set<Painter>();

  readonly plugin: Plugin<DecorationSet> = new Plugin<DecorationSet>({
    state: {
      init: () => DecorationSet.empty,
      apply: (transaction, _set, _before, state) => {
        for (const painter of this.list) painter.changed(transaction, state);
        const marks = [...this.list].flatMap((painter) => painter.marks());
        return marks.length > 0 ? DecorationSet.create(state.doc, marks) : DecorationSet.empty;
      },
    },
    props: {
      decorations: (state) => this.plugin.getState(state),
      handleClick: (_view, position) => [...this.list].some((painter) => painter.click?.(position)),
    },
  });

  add(painter: Painter): () => void {
    this.list.add(painter);
    return () => this.list.delete(painter);
  }
}
