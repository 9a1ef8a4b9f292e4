import type { Editor } from '@tiptap/core';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { nextIndex } from '../../../lib/a11y/roving';
import { useText } from '../../../lib/i18n';
import { cx } from '../../../ui/cx';
import { Icon } from '../../../ui/icon';
import { ellipsisIcon, imageIcon, linkIcon, redo2Icon, undo2Icon } from '../../../ui/icons';
import { Menu, MenuItem } from '../../../ui/popover';
import { documentTexts } from '../i18n';
import { blockTools, markTools, type Tool } from './blocks';

/** Redraws when the editor changes, so that pressed buttons tell the truth. */
function useEditorTurn(editor: Editor): void {
  const [, turn] = useState({});
  useEffect(() => {
    const redraw = () => turn({});
    editor.on('transaction', redraw);
    return () => {
      editor.off('transaction', redraw);
    };
  }, [editor]);
}

function ToolButton({
  label,
  icon,
  keys,
  pressed,
  onClick,
}: {
  label: string;
  icon: string;
  keys?: string | undefined;
  pressed?: boolean | undefined;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      class={cx('doc-tool', pressed && 'doc-tool-on')}
      aria-label={label}
      aria-pressed={pressed}
      aria-keyshortcuts={keys?.replace('Ctrl', 'Control')}
      title={keys ? `${label} (${keys})` : label}
      tabIndex={-1}
      // The selection stays in the text.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onClick}
    >
      <Icon d={icon} />
    </button>
  );
}

function TableMenu({ editor }: { editor: Editor }) {
  const texts = useText(documentTexts).tableTools;
  const items: [string, () => void, boolean?][] = [
    [texts.rowAfter, () => editor.chain().focus().addRowAfter().run()],
    [texts.columnAfter, () => editor.chain().focus().addColumnAfter().run()],
    [texts.rowDelete, () => editor.chain().focus().deleteRow().run(), true],
    [texts.columnDelete, () => editor.chain().focus().deleteColumn().run(), true],
    [texts.remove, () => editor.chain().focus().deleteTable().run(), true],
  ];
  return (
    <Menu
      label={texts.menu}
      trigger={(props) => (
        <button type="button" class="doc-tool" aria-label={texts.menu} tabIndex={-1} {...props}>
          <Icon d={ellipsisIcon} />
        </button>
      )}
    >
      {(close) =>
        items.map(([label, run, danger]) => (
          <MenuItem
            key={label}
            danger={danger ?? false}
            onClick={() => {
              close();
              run();
            }}
          >
            {label}
          </MenuItem>
        ))
      }
    </Menu>
  );
}

/** One stop for the Tab key; arrows move inside, as toolbars do. */
function Toolbar({ label, children }: { label: string; children: ComponentChildren }) {
  const bar = useRef<HTMLDivElement>(null);
  const buttons = () => [...(bar.current?.querySelectorAll<HTMLElement>('.doc-tool') ?? [])];
  useEffect(() => {
    const all = buttons();
    if (!all.some((button) => button.tabIndex === 0)) all[0]?.setAttribute('tabindex', '0');
  });
  return (
    <div
      ref={bar}
      class="doc-toolbar"
      role="toolbar"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={(event) => {
        const all = buttons();
        const key = { ArrowRight: 'ArrowDown', ArrowLeft: 'ArrowUp' }[event.key] ?? event.key;
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') return;
        const next = nextIndex(key, all.indexOf(document.activeElement as HTMLElement), all.length);
        if (next === undefined) return;
        event.preventDefault();
        for (const button of all) button.tabIndex = -1;
        all[next]?.setAttribute('tabindex', '0');
        all[next]?.focus();
      }}
    >
      {children}
    </div>
  );
}

interface BarProps {
  editor: Editor;
  onLink: () => void;
  onImage: () => void;
}

export function EditorToolbar({ editor, onLink, onImage }: BarProps) {
  const texts = useText(documentTexts);
  useEditorTurn(editor);
  const button = (tool: Tool) => (
    <ToolButton
      key={tool.name}
      label={texts.tools[tool.name]}
      icon={tool.icon}
      keys={tool.keys}
      pressed={tool.active?.(editor)}
      onClick={() => tool.run(editor)}
    />
  );
  return (
    <Toolbar label={texts.toolbar}>
      {markTools.map(button)}
      <ToolButton
        label={texts.tools.link}
        icon={linkIcon}
        pressed={editor.isActive('link')}
        onClick={onLink}
      />
      <span class="doc-toolbar-line" />
      {blockTools.map(button)}
      {editor.isActive('table') && <TableMenu editor={editor} />}
      <ToolButton label={texts.tools.image} icon={imageIcon} onClick={onImage} />
      <span class="doc-toolbar-line" />
      <ToolButton
        label={texts.tools.undo}
        icon={undo2Icon}
        keys="Ctrl+Z"
        onClick={() => editor.chain().focus().undo().run()}
      />
      <ToolButton
        label={texts.tools.redo}
        icon={redo2Icon}
        keys="Ctrl+Y"
        onClick={() => editor.chain().focus().redo().run()}
      />
    </Toolbar>
  );
}
