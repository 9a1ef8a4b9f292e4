import type { Editor } from '@tiptap/core';
import { api } from '../../../lib/api/client';
import type { DocumentMeta } from '../../../lib/api/schema';

/** An address of this house as a path; any other as it is. */
export function ownPath(address: string, origin: string): string {
  return address.startsWith(`${origin}/`) ? address.slice(origin.length) : address;
}

export const documentIn = (path: string): string | undefined =>
  /^\/(?:d|documents)\/([0-9a-z]{26})(?:[/?#]|$)/.exec(path)?.[1];

/**
 * An address alone, pasted: the link of what is selected, or a link by itself; the address of a page becomes that
 * page, named by its title.
 */
export async function pasteLink(editor: Editor, address: string): Promise<void> {
  const href = ownPath(address, location.origin);
  if (!editor.state.selection.empty) {
    editor.chain().focus().setMark('link', { href }).run();
    return;
  }
  const document = documentIn(href);
  const meta = document
    ? await api.get<DocumentMeta>(`/documents/${document}`).catch(() => undefined)
    : undefined;
  if (editor.isDestroyed) return;
  editor
    .chain()
    .focus()
    .insertContent([
      meta
        ? { type: 'mention', attrs: { kind: 'document', id: meta.id, label: meta.title } }
        : { type: 'text', text: address, marks: [{ type: 'link', attrs: { href } }] },
      { type: 'text', text: ' ' },
    ])
    .run();
}
