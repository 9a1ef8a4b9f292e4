import type { Editor } from '@tiptap/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../../../lib/i18n';
import { Icon } from '../../../ui/icon';
import { messageSquarePlusIcon, pencilIcon } from '../../../ui/icons';
import { commentTexts } from './i18n';

/** Under the end of what is selected: to comment it, or to suggest other words. Ctrl+Alt+M does the first. */
export function Bubble({ editor, onStart }: { editor: Editor; onStart: (suggests: boolean) => void }) {
  const texts = useText(commentTexts);
  const box = useRef<HTMLDivElement>(null);
  const [selected, setSelected] = useState(false);
  const latest = useRef(onStart);
  latest.current = onStart;
  useEffect(() => {
    const place = () => {
      const { empty, to } = editor.state.selection;
      const text = empty ? '' : editor.state.doc.textBetween(editor.state.selection.from, to, ' ');
      setSelected(text.trim() !== '');
      if (empty || !box.current) return;
      const at = editor.view.coordsAtPos(to);
      const { width, height } = box.current.getBoundingClientRect();
      const top = at.bottom + 8 + height <= innerHeight ? at.bottom + 8 : at.top - height - 8;
      box.current.style.left = `${Math.max(8, Math.min(at.left - width / 2, innerWidth - width - 8))}px`;
      box.current.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
    };
    const key = (event: KeyboardEvent) => {
      if (!event.ctrlKey || !event.altKey || event.key.toLowerCase() !== 'm') return;
      event.preventDefault();
      latest.current(false);
    };
    place();
    editor.on('selectionUpdate', place);
    addEventListener('scroll', place, { capture: true, passive: true });
    addEventListener('keydown', key);
    return () => {
      editor.off('selectionUpdate', place);
      removeEventListener('scroll', place, { capture: true });
      removeEventListener('keydown', key);
    };
  }, [editor, selected]);
  if (!selected) return null;
  const button = (label: string, icon: string, suggests: boolean) => (
    <button
      type="button"
      class="doc-bubble-button"
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onStart(suggests)}
    >
      <Icon d={icon} small />
      {label}
    </button>
  );
  return (
    <div ref={box} class="doc-bubble" role="group" aria-label={texts.commentPassage}>
      {button(texts.comment, messageSquarePlusIcon, false)}
      {button(texts.suggest, pencilIcon, true)}
    </div>
  );
}
