import { type EditorState, Plugin } from '@tiptap/pm/state';

export type TriggerSign = '/' | '@' | '#';

export interface TriggerMatch {
  sign: TriggerSign;
  query: string;
  from: number;
  to: number;
}

export interface TriggerHooks {
  changed: (match: TriggerMatch | undefined) => void;
  /** True when the list took the key. */
  key: (event: KeyboardEvent) => boolean;
}

/** A sign at the start of a word, and what follows it up to the cursor. */
export function matchTrigger(before: string): { sign: TriggerSign; query: string } | undefined {
  const found = /(?:^|[\s(])([/@#])([\p{L}\p{N}'’ -]{0,40})$/u.exec(before);
  if (!found) return undefined;
  const [, sign, query = ''] = found;
  // A second space in a row, or one right after the sign, ends it: people also just write signs.
  if (/^\s|\s\s|\s\S+\s\S+\s/.test(query)) return undefined;
  return { sign: sign as TriggerSign, query };
}

function find(state: EditorState): TriggerMatch | undefined {
  const { $from, empty } = state.selection;
  if (!empty || !$from.parent.isTextblock || $from.parent.type.spec.code) return undefined;
  const before = $from.parent.textBetween(0, $from.parentOffset, undefined, '\ufffc');
  const match = matchTrigger(before);
  if (!match) return undefined;
  return { ...match, from: $from.pos - match.query.length - 1, to: $from.pos };
}

/** Tells when `/`, `@` or `#` is being typed. The list itself is drawn by the editor's view. */
export function createTrigger(hooks: TriggerHooks): Plugin {
  return new Plugin({
    view: () => ({
      update: (view, previous) => {
        if (view.state.doc.eq(previous.doc) && view.state.selection.eq(previous.selection)) return;
        hooks.changed(view.editable && view.hasFocus() ? find(view.state) : undefined);
      },
    }),
    props: {
      handleKeyDown: (_view, event) => hooks.key(event),
      handleDOMEvents: {
        blur: () => {
          hooks.changed(undefined);
          return false;
        },
      },
    },
  });
}
