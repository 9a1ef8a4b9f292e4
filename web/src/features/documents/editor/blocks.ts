import type { Editor } from '@tiptap/core';
import { fold } from '../../../lib/format';
import {
  boldIcon,
  codeIcon,
  fileTextIcon,
  heading1Icon,
  heading2Icon,
  heading3Icon,
  highlighterIcon,
  italicIcon,
  listChecksIcon,
  listIcon,
  listOrderedIcon,
  minusIcon,
  quoteIcon,
  strikethroughIcon,
  tableIcon,
  underlineIcon,
} from '../../../ui/icons';
import type { documentTexts } from '../i18n';

type ToolName = keyof typeof documentTexts.fr.tools;

export interface Tool {
  name: ToolName;
  icon: string;
  /** As the browser announces it and as the title shows it. */
  keys?: string;
  active?: (editor: Editor) => boolean;
  run: (editor: Editor) => void;
}

const heading = (name: 'h1' | 'h2' | 'h3', level: 1 | 2 | 3, icon: string): Tool => ({
  name,
  icon,
  keys: `Ctrl+Alt+${level}`,
  active: (editor) => editor.isActive('heading', { level }),
  run: (editor) => editor.chain().focus().toggleHeading({ level }).run(),
});

export const blockTools: readonly Tool[] = [
  {
    name: 'text',
    icon: fileTextIcon,
    keys: 'Ctrl+Alt+0',
    active: (editor) => editor.isActive('paragraph'),
    run: (editor) => editor.chain().focus().setParagraph().run(),
  },
  heading('h1', 1, heading1Icon),
  heading('h2', 2, heading2Icon),
  heading('h3', 3, heading3Icon),
  {
    name: 'bullets',
    icon: listIcon,
    keys: 'Ctrl+Shift+8',
    active: (editor) => editor.isActive('bulletList'),
    run: (editor) => editor.chain().focus().toggleBulletList().run(),
  },
  {
    name: 'numbers',
    icon: listOrderedIcon,
    keys: 'Ctrl+Shift+7',
    active: (editor) => editor.isActive('orderedList'),
    run: (editor) => editor.chain().focus().toggleOrderedList().run(),
  },
  {
    name: 'tasks',
    icon: listChecksIcon,
    keys: 'Ctrl+Shift+9',
    active: (editor) => editor.isActive('taskList'),
    run: (editor) => editor.chain().focus().toggleTaskList().run(),
  },
  {
    name: 'quote',
    icon: quoteIcon,
    keys: 'Ctrl+Shift+B',
    active: (editor) => editor.isActive('blockquote'),
    run: (editor) => editor.chain().focus().toggleBlockquote().run(),
  },
  {
    name: 'table',
    icon: tableIcon,
    run: (editor) => editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
  },
  {
    name: 'codeBlock',
    icon: codeIcon,
    keys: 'Ctrl+Alt+C',
    active: (editor) => editor.isActive('codeBlock'),
    run: (editor) => editor.chain().focus().toggleCodeBlock().run(),
  },
  { name: 'rule', icon: minusIcon, run: (editor) => editor.chain().focus().setHorizontalRule().run() },
];

const mark = (name: ToolName, icon: string, type: string, keys: string): Tool => ({
  name,
  icon,
  keys,
  active: (editor) => editor.isActive(type),
  run: (editor) => editor.chain().focus().toggleMark(type).run(),
});

export const markTools: readonly Tool[] = [
  mark('bold', boldIcon, 'bold', 'Ctrl+B'),
  mark('italic', italicIcon, 'italic', 'Ctrl+I'),
  mark('underline', underlineIcon, 'underline', 'Ctrl+U'),
  mark('strike', strikethroughIcon, 'strike', 'Ctrl+Shift+S'),
  mark('highlight', highlighterIcon, 'highlight', 'Ctrl+Shift+H'),
];

/** Those whose name has the typed letters, a name that starts with them first. */
export function matching<T>(items: readonly T[], query: string, nameOf: (item: T) => string): T[] {
  const wanted = fold(query.trim());
  const rank = (item: T) => fold(nameOf(item)).indexOf(wanted);
  return items.filter((item) => rank(item) >= 0).sort((a, b) => Math.min(1, rank(a)) - Math.min(1, rank(b)));
}

/** Web and mail addresses, and paths of this house. Anything else would be a way to run code. */
export function linkTarget(typed: string): string | undefined {
  const text = typed.trim();
  if (/^(https?:\/\/|mailto:)\S+$/i.test(text) || /^\/(?!\/)\S*$/.test(text)) return text;
  return /^[\w-]+(\.[\w-]+)+(\/\S*)?$/.test(text) ? `https://${text}` : undefined;
}
