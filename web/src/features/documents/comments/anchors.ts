import {
  absolutePositionToRelativePosition,
  relativePositionToAbsolutePosition,
  ySyncPluginKey,
} from '@tiptap/y-tiptap';
import type { EditorState } from '@tiptap/pm/state';
import * as Y from 'yjs';
import type { NewDocumentThread } from '../../../lib/api/schema';

export type Anchor = NewDocumentThread['anchor'];

export interface Range {
  from: number;
  to: number;
}

interface Binding {
  type: Y.XmlFragment;
  doc: Y.Doc;
  mapping: Parameters<typeof absolutePositionToRelativePosition>[2];
}

interface SyncState {
  binding?: Binding;
  isChangeOrigin?: boolean;
}

export const syncState = (state: EditorState): SyncState =>
  (ySyncPluginKey.getState(state) as SyncState | undefined) ?? {};

const toText = (position: Y.RelativePosition): string =>
  btoa(String.fromCharCode(...Y.encodeRelativePosition(position)));

const fromText = (text: string): Y.RelativePosition =>
  Y.decodeRelativePosition(Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)));

/** Holds on to the first and the last character: what is written around the passage stays outside. */
export function anchorOf(state: EditorState, { from, to }: Range): Anchor | undefined {
  const { binding } = syncState(state);
  if (!binding) return undefined;
  const at = (position: number) =>
    absolutePositionToRelativePosition(position, binding.type, binding.mapping) as Y.RelativePosition;
  const place = Y.createAbsolutePositionFromRelativePosition(at(from), binding.doc);
  const start = place ? Y.createRelativePositionFromTypeIndex(place.type, place.index, 0) : at(from);
  return { start: toText(start), end: toText(at(to)) };
}

/** Where the passage is now; nothing when it is gone, or not here yet. */
export function rangeOf(state: EditorState, anchor: Anchor): Range | undefined {
  const { binding } = syncState(state);
  if (!binding) return undefined;
  try {
    const at = (text: string) =>
      relativePositionToAbsolutePosition(binding.doc, binding.type, fromText(text), binding.mapping);
    const from = at(anchor.start);
    const to = at(anchor.end);
    if (from === null || to === null || from >= to || to > state.doc.content.size) return undefined;
    return { from, to };
  } catch {
    return undefined; // an anchor that another program made up
  }
}

export const quoteOf = (state: EditorState, { from, to }: Range): string =>
  state.doc.textBetween(from, to, ' ', ' ');
