import { useEffect } from 'preact/hooks';
import * as Y from 'yjs';
import { api, apiPath, refusal, unreachable } from '../../../lib/api/client';
import type { DocumentHistoryEntry, DocumentVersion, NewDocumentVersion } from '../../../lib/api/schema';
import { onLive } from '../../../lib/live';
import { queryClient, useInfiniteQuery, useQuery } from '../../../lib/query';
import { documentKeys } from '../queries';
import { type Block, blocksOf } from './blocks';

const versionsKey = (document: string) => ['document', document, 'versions'];

/** What stands for the text as it is now, and for the page before anybody wrote. */
export const now = 'now';
export const nothing = 'start';

export function useVersions(document: string, space: string) {
  useEffect(
    () =>
      onLive((frame) => {
        if (frame.t === 'documents' && frame.space === space)
          void queryClient.invalidateQueries({ queryKey: versionsKey(document) });
      }),
    [document, space],
  );
  return useQuery({
    queryKey: versionsKey(document),
    queryFn: ({ signal }) =>
      api
        .get<{ versions: DocumentVersion[] }>(`/documents/${document}/versions`, { signal })
        .then(({ versions }) => [...versions].sort((a, b) => b.at - a.at)),
    staleTime: 0,
  });
}

interface HistoryPage {
  entries: DocumentHistoryEntry[];
  next?: string;
}

export const useActivity = (document: string) =>
  useInfiniteQuery<HistoryPage>({
    queryKey: ['document', document, 'history'],
    queryFn: ({ pageParam, signal }) =>
      api.get<HistoryPage>(`/documents/${document}/history`, { query: { after: pageParam }, signal }),
    staleTime: 0,
  });

async function fetchBytes(path: string, signal: AbortSignal): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', signal });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  }
  if (!response.ok) throw refusal(response.status, await response.json().catch(() => undefined));
  return new Uint8Array(await response.arrayBuffer());
}

async function blocksIn(document: string, version: string, signal: AbortSignal): Promise<Block[]> {
  if (version === nothing) return [];
  const path =
    version === now
      ? `/collaboration/http/${document}`
      : apiPath(`/documents/${document}/versions/${version}/update`);
  const update = await fetchBytes(path, signal);
  const doc = new Y.Doc();
  if (update.length > 0) Y.applyUpdate(doc, update);
  const blocks = blocksOf(doc);
  doc.destroy();
  return blocks;
}

/** The lines of a version: kept, for it does not change; of the text as it is now: fetched each time. */
export const useBlocks = (document: string, version: string, turn: number) =>
  useQuery({
    queryKey: ['document', document, 'blocks', version, version === now ? turn : 0],
    queryFn: ({ signal }) => blocksIn(document, version, signal),
    staleTime: version === now ? 0 : Infinity,
  });

async function changed(document: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: versionsKey(document) }),
    queryClient.invalidateQueries({ queryKey: documentKeys.one(document) }),
  ]);
}

export async function keepVersion(document: string, wanted: NewDocumentVersion): Promise<DocumentVersion> {
  const version = await api.post<DocumentVersion>(`/documents/${document}/versions`, wanted);
  await changed(document);
  return version;
}

/** The text as it is now is kept as a version before it gives way. */
export async function restoreVersion(document: string, version: string, keptAs: string): Promise<void> {
  await api.post(`/documents/${document}/versions`, { name: keptAs } satisfies NewDocumentVersion);
  await api.post(`/documents/${document}/versions/${version}/restore`);
  await changed(document);
}
