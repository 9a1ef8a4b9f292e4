import type { Editor } from '@tiptap/core';
import { useEffect, useState } from 'preact/hooks';
import { useText } from '../../../lib/i18n';
import { lazyView } from '../../../lib/lazy-view';
import { useStore } from '../../../lib/store';
import { Badge } from '../../../ui/display';
import { Icon } from '../../../ui/icon';
import { messageSquareTextIcon } from '../../../ui/icons';
import type { CommentsProps } from '../comments/comments';
import { useThreads } from '../comments/queries';
import { documentTexts } from '../i18n';
import type { Live, LiveProps } from './live';

const Comments = lazyView<CommentsProps>(() =>
  import('../comments/comments').then((module) => module.Comments),
);

/** Something is or was selected: the code that comments it is worth fetching. */
function useSelected(editor: Editor, asked: boolean): boolean {
  const [selected, setSelected] = useState(false);
  useEffect(() => {
    if (!asked) return;
    const look = () => {
      if (!editor.state.selection.empty) setSelected(true);
    };
    look();
    editor.on('selectionUpdate', look);
    return () => {
      editor.off('selectionUpdate', look);
    };
  }, [editor, asked]);
  return selected;
}

export function Discussion({ live, meta, comments }: LiveProps & { live: Live }) {
  const { data: threads } = useThreads(meta.id);
  const state = useStore(live.connection.state);
  const selected = useSelected(live.editor, meta.rights.comment);
  if (!threads || !(comments.open || selected || threads.length > 0)) return null;
  return (
    <Comments
      {...comments}
      editor={live.editor}
      painters={live.painters}
      meta={meta}
      threads={threads}
      settled={state === 'saved' || state === 'saving'}
    />
  );
}

export function CommentsButton({ meta, comments }: Omit<LiveProps, 'editable'>) {
  const texts = useText(documentTexts);
  const { data: threads } = useThreads(meta.id);
  const waiting = threads?.filter((thread) => !thread.resolved).length ?? 0;
  return (
    <button
      type="button"
      class="button button-s doc-comments-button"
      aria-pressed={comments.open}
      onClick={() => comments.onOpen(!comments.open)}
    >
      <Icon d={messageSquareTextIcon} />
      <span class="doc-comments-word">{texts.comments}</span>
      <Badge count={waiting} label={texts.commentsOpen(waiting)} />
    </button>
  );
}
