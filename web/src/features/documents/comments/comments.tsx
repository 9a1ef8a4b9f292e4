import './comments.css';
import type { Editor } from '@tiptap/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useMe } from '../../../lib/api/queries';
import type { DocumentMeta, DocumentThread } from '../../../lib/api/schema';
import { useText } from '../../../lib/i18n';
import { IconButton } from '../../../ui/button';
import { SegmentedControl } from '../../../ui/choice';
import { xIcon } from '../../../ui/icons';
import type { Painters } from '../editor/painters';
import { anchorOf, quoteOf } from './anchors';
import { Bubble } from './bubble';
import { commentTexts } from './i18n';
import { CommentMarks, paintComments } from './marks';
import { type Draft, longestQuote, NewThread } from './new-thread';
import { ThreadCard } from './thread-card';

export interface CommentsProps {
  editor: Editor;
  painters: Painters;
  meta: DocumentMeta;
  threads: DocumentThread[];
  settled: boolean;
  /** The panel is shown; the passages are marked in the text in any case. */
  open: boolean;
  onOpen: (open: boolean) => void;
  /** A discussion that the address names. */
  wanted: string | undefined;
}

/** Brings a passage into sight, above the panel where that lies over the text. */
function showPassage(editor: Editor, from: number): void {
  const { node } = editor.view.domAtPos(from);
  const element = node instanceof Element ? node : node.parentElement;
  element?.scrollIntoView({ block: innerWidth < 960 ? 'start' : 'center' });
}

function useMarks({ editor, painters, threads, onOpen, wanted }: CommentsProps, draft: Draft | undefined) {
  const [active, setActive] = useState(wanted);
  const picked = useRef((id: string) => setActive(id));
  picked.current = (id) => {
    setActive(id);
    onOpen(true);
  };
  const [marks] = useState(() => new CommentMarks((id) => picked.current(id)));
  const [, turn] = useState(0);
  useEffect(() => {
    const leave = painters.add(marks);
    // The passages named in the cards follow the text, a moment after it.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(() => turn((n) => n + 1), 150);
    };
    editor.on('update', later);
    return () => {
      clearTimeout(timer);
      editor.off('update', later);
      leave();
      if (!editor.isDestroyed) editor.view.dispatch(editor.state.tr.setMeta(paintComments, true));
    };
  }, [editor, painters, marks]);
  useEffect(() => {
    const shown = threads
      .filter((thread) => !thread.resolved || thread.id === active)
      .map(({ id, anchor, suggestion }) => ({ id, anchor, suggestion: suggestion !== undefined }));
    marks.show(shown, active, draft?.range);
    editor.view.dispatch(editor.state.tr.setMeta(paintComments, true).setMeta('addToHistory', false));
    turn((n) => n + 1);
  }, [editor, marks, threads, active, draft]);
  return { marks, active, setActive };
}

type Shown = 'open' | 'resolved';

export function Comments(props: CommentsProps) {
  const { editor, meta, threads, settled, open, onOpen, wanted } = props;
  const texts = useText(commentTexts);
  const { data: me } = useMe();
  const [shown, setShown] = useState<Shown>('open');
  const [draft, setDraft] = useState<Draft>();
  const { marks, active, setActive } = useMarks(props, draft);
  const panel = useRef<HTMLElement>(null);
  const start = (suggests: boolean) => {
    const { from, to, empty, $from } = editor.state.selection;
    if (empty) {
      const here = marks.at(from);
      if (here) setActive(here);
      onOpen(true);
      return;
    }
    const range = { from, to };
    const anchor = anchorOf(editor.state, range);
    const quote = quoteOf(editor.state, range);
    if (!anchor || quote.trim() === '') return;
    const replaceable = to <= $from.end() && quote.length <= longestQuote;
    setActive(undefined);
    setDraft({ range, anchor, quote, suggests: suggests && replaceable });
    onOpen(true);
  };
  /** What was selected has served: the cursor stands after it. */
  const end = () => {
    setDraft(undefined);
    editor.commands.setTextSelection(editor.state.selection.to);
  };
  const wantedThread = threads.find((thread) => thread.id === wanted);
  useEffect(() => {
    if (!wantedThread) return;
    setActive(wantedThread.id);
    if (wantedThread.resolved) setShown('resolved');
    // Once, when the discussions are here.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wantedThread?.id]);
  useEffect(() => {
    const card = active ? document.getElementById(`fil-${active}`) : null;
    card?.scrollIntoView({ block: 'nearest' });
  }, [active, open, threads.length]);
  const list = threads
    .filter((thread) => thread.resolved === (shown === 'resolved'))
    .sort((a, b) => (marks.ranges.get(a.id)?.from ?? Infinity) - (marks.ranges.get(b.id)?.from ?? Infinity));
  const resolved = threads.filter((thread) => thread.resolved).length;
  const passageOf = (id: string) => {
    const range = marks.ranges.get(id);
    return range && range.to <= editor.state.doc.content.size ? quoteOf(editor.state, range) : undefined;
  };
  const jump = (id: string) => {
    const range = marks.ranges.get(id);
    setActive(id);
    if (!range) return;
    if (editor.isEditable) editor.chain().focus().setTextSelection(range.from).run();
    showPassage(editor, range.from);
  };
  const apply = (id: string, replacement: string) => {
    const range = marks.ranges.get(id);
    if (!range) return;
    const { tr } = editor.state;
    editor.view.dispatch(
      replacement === ''
        ? tr.delete(range.from, range.to)
        : tr.insertText(replacement, range.from, range.to).scrollIntoView(),
    );
  };
  return (
    <>
      {meta.rights.comment && !draft && <Bubble editor={editor} onStart={start} />}
      {open && (
        <aside ref={panel} class="doc-side" aria-label={texts.title}>
          <div class="doc-side-head">
            <h2>{texts.title}</h2>
            <IconButton label={texts.close} icon={xIcon} onClick={() => onOpen(false)} />
          </div>
          {draft && (
            <NewThread
              document={meta.id}
              draft={draft}
              onDone={(thread) => {
                end();
                setShown('open');
                setActive(thread.id);
              }}
              onCancel={end}
            />
          )}
          {resolved > 0 && (
            <SegmentedControl<Shown>
              legend={texts.shown}
              options={[
                { value: 'open', label: texts.open(threads.length - resolved) },
                { value: 'resolved', label: texts.resolved(resolved) },
              ]}
              value={shown}
              onValue={setShown}
            />
          )}
          {list.length === 0 && !draft && (
            <p class="small muted">{shown === 'open' ? texts.none : texts.noneResolved}</p>
          )}
          {!draft && meta.rights.comment && shown === 'open' && <p class="small muted">{texts.select}</p>}
          <ul class="doc-threads" aria-label={texts.title}>
            {list.map((thread) => (
              <ThreadCard
                key={thread.id}
                thread={thread}
                meta={meta}
                me={me?.person.id}
                active={thread.id === active}
                passage={passageOf(thread.id)}
                onJump={() => jump(thread.id)}
                apply={(replacement) => apply(thread.id, replacement)}
                settled={settled}
              />
            ))}
          </ul>
        </aside>
      )}
    </>
  );
}
