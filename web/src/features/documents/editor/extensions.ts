import { Extension, mergeAttributes, Node } from '@tiptap/core';
import { Blockquote } from '@tiptap/extension-blockquote';
import { Bold } from '@tiptap/extension-bold';
import { Code } from '@tiptap/extension-code';
import { CodeBlock } from '@tiptap/extension-code-block';
import { Collaboration } from '@tiptap/extension-collaboration';
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret';
import { Document } from '@tiptap/extension-document';
import { HardBreak } from '@tiptap/extension-hard-break';
import { Heading } from '@tiptap/extension-heading';
import { Highlight } from '@tiptap/extension-highlight';
import { HorizontalRule } from '@tiptap/extension-horizontal-rule';
import { Image } from '@tiptap/extension-image';
import { Italic } from '@tiptap/extension-italic';
import { BulletList, ListItem, ListKeymap, OrderedList, TaskItem, TaskList } from '@tiptap/extension-list';
import { Paragraph } from '@tiptap/extension-paragraph';
import { Strike } from '@tiptap/extension-strike';
import { Subscript } from '@tiptap/extension-subscript';
import { Superscript } from '@tiptap/extension-superscript';
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table';
import { Text } from '@tiptap/extension-text';
import { Underline } from '@tiptap/extension-underline';
import { Dropcursor, Gapcursor, Placeholder, TrailingNode } from '@tiptap/extensions';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { hueOf } from '../../../lib/format';
import { textNow } from '../../../lib/i18n';
import { documentTexts } from '../i18n';
import { Link } from './link';
import type { Painters } from './painters';
import { createTrigger, type TriggerHooks } from './trigger';

const mentionPaths: Record<string, string> = { document: '/d/', space: '/c/', message: '/messages/' };
const mentionSigns: Record<string, string> = { person: '@', document: '', space: '', message: '' };

/** A person, a page or another thing of the house, inside a sentence. */
const Mention = Node.create({
  name: 'mention',
  group: 'inline',
  inline: true,
  atom: true,
  addAttributes: () => ({ kind: { default: 'person' }, id: { default: '' }, label: { default: '' } }),
  parseHTML: () => [
    {
      tag: '[data-mention]',
      getAttrs: (element) => ({
        kind: element.dataset['mention'],
        id: element.dataset['id'] ?? '',
        label: element.textContent.replace(/^@/, ''),
      }),
    },
  ],
  renderHTML: ({ node }) => {
    const { kind, id, label } = node.attrs as Record<'kind' | 'id' | 'label', string>;
    const path = mentionPaths[kind];
    const shared = { class: 'doc-mention', 'data-mention': kind, 'data-id': id };
    const text = `${mentionSigns[kind] ?? ''}${label}`;
    return path ? ['a', { ...shared, href: `${path}${id}` }, text] : ['span', shared, text];
  },
  renderText: ({ node }) => String(node.attrs['label']),
});

/** Names the file of the space that an image comes from, so that it is stored once and can be found again. */
const SpaceImage = Image.extend({
  addAttributes() {
    return {
      ...this.parent?.(),
      width: { default: null },
      fileId: {
        default: null,
        parseHTML: (element: HTMLElement) => element.dataset['fileId'] ?? null,
        renderHTML: (attributes: Record<string, unknown>) =>
          attributes['fileId'] ? { 'data-file-id': attributes['fileId'] } : {},
      },
    };
  },
  renderHTML({ HTMLAttributes }) {
    return ['img', mergeAttributes(this.options.HTMLAttributes, HTMLAttributes, { loading: 'lazy' })];
  },
});

const nameOf = (user: Record<string, unknown>): string =>
  typeof user['name'] === 'string' ? user['name'] : '';

function caret(user: Record<string, unknown>): HTMLElement {
  const name = nameOf(user);
  const mark = document.createElement('span');
  mark.className = `doc-caret hue-${hueOf(name)}`;
  const label = document.createElement('span');
  label.className = `doc-caret-name hue-${hueOf(name)}`;
  label.textContent = name;
  mark.append(label);
  return mark;
}

export function extensionsFor(
  doc: Y.Doc,
  awareness: Awareness,
  user: { id: string; name: string },
  hooks: TriggerHooks,
  painters: Painters,
) {
  const texts = textNow(documentTexts);
  return [
    Document,
    Paragraph,
    Text,
    Heading.configure({ levels: [1, 2, 3] }),
    Bold,
    Italic,
    Underline,
    Strike,
    Code,
    Link,
    BulletList,
    OrderedList,
    ListItem,
    ListKeymap,
    Blockquote,
    CodeBlock,
    HorizontalRule,
    HardBreak,
    Dropcursor,
    Gapcursor,
    TrailingNode,
    Placeholder.configure({ placeholder: texts.placeholder }),
    Highlight,
    Subscript,
    Superscript,
    TaskList,
    TaskItem.configure({
      nested: true,
      a11y: { checkboxLabel: (node) => texts.taskDone(node.textContent) },
    }),
    Table.configure({ resizable: false }),
    TableRow,
    TableHeader,
    TableCell,
    SpaceImage,
    Mention,
    // History is that of the shared document: undoing takes back one's own changes only.
    Collaboration.configure({ document: doc }),
    CollaborationCaret.configure({
      provider: { awareness },
      user,
      render: caret,
      selectionRender: (other: Record<string, unknown>) => ({
        nodeName: 'span',
        class: `doc-selection hue-${hueOf(nameOf(other))}`,
      }),
    }),
    Extension.create({
      name: 'trigger',
      addProseMirrorPlugins: () => [createTrigger(hooks), painters.plugin],
    }),
  ];
}
