import './find-bar.css';
import type { Editor } from '@tiptap/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../../../lib/i18n';
import { IconButton } from '../../../ui/button';
import { arrowDownIcon, arrowUpIcon, xIcon } from '../../../ui/icons';
import { SearchField } from '../../../ui/field';
import { documentTexts } from '../i18n';
import { toolTexts } from './i18n';
import { FindMarks, paintFound } from './find';
import type { Painters } from './painters';

export interface FindProps {
  editor: Editor;
  painters: Painters;
  onClose: () => void;
}

/** Search inside the page: Enter goes to the next place, Shift+Enter to the one before, Escape closes. */
export function FindBar({ editor, painters, onClose }: FindProps) {
  const texts = useText(documentTexts);
  const words = useText(toolTexts);
  const bar = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState('');
  const [, turn] = useState(0);
  const [marks] = useState(() => new FindMarks(() => turn((n) => n + 1)));
  const paint = () => editor.view.dispatch(editor.state.tr.setMeta(paintFound, true));
  useEffect(() => {
    const leave = painters.add(marks);
    bar.current?.querySelector('input')?.focus();
    return () => {
      leave();
      if (!editor.isDestroyed) paint();
    };
    // The editor is the same as long as the bar is there.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [editor, painters, marks]);
  const show = () => {
    paint();
    const place = marks.found[marks.current];
    if (!place) return;
    const { node } = editor.view.domAtPos(place.from);
    (node instanceof Element ? node : node.parentElement)?.scrollIntoView({ block: 'center' });
  };
  const step = (by: number) => {
    const count = marks.found.length;
    if (count === 0) return;
    marks.current = (marks.current + by + count) % count;
    show();
  };
  const close = () => {
    const place = marks.found[marks.current];
    onClose();
    if (place && editor.isEditable) editor.chain().setTextSelection(place).focus().run();
  };
  const count = marks.found.length;
  return (
    // The keys are those of a search field; the buttons beside it do the same.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={bar}
      class="doc-find"
      role="search"
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
        if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        step(event.shiftKey ? -1 : 1);
      }}
    >
      <SearchField
        label={texts.find}
        value={typed}
        onValue={(value) => {
          setTyped(value);
          marks.look(value);
          show();
        }}
      />
      <span class="small muted" role="status">
        {typed.trim() === '' ? '' : count === 0 ? texts.nothing : words.findPlace(marks.current + 1, count)}
      </span>
      <IconButton
        label={words.findBefore}
        icon={arrowUpIcon}
        disabled={count === 0}
        onClick={() => step(-1)}
      />
      <IconButton
        label={words.findNext}
        icon={arrowDownIcon}
        disabled={count === 0}
        onClick={() => step(1)}
      />
      <IconButton label={words.findClose} icon={xIcon} onClick={close} />
    </div>
  );
}
