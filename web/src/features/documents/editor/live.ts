import type { Editor } from '@tiptap/core';
import type { Awareness } from 'y-protocols/awareness';
import type { DocumentMeta } from '../../../lib/api/schema';
import type { Connection } from '../sync/connection';
import type { LocalCopy } from '../sync/local-copy';
import type { Painters } from './painters';

export interface LiveProps {
  meta: DocumentMeta;
  editable: boolean;
  /** The panel of comments, and the discussion that the address names. */
  comments: { open: boolean; wanted: string | undefined; onOpen: (open: boolean) => void };
}

/** A document that is open: its text, its connection, its copy on this device, who else is in it. */
export interface Live {
  editor: Editor;
  connection: Connection;
  copy: LocalCopy;
  awareness: Awareness;
  painters: Painters;
}
