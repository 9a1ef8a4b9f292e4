import { useEffect } from 'preact/hooks';
import { api } from '../../lib/api/client';
import type { ChangeDocument, DocumentEntry, DocumentMeta, NewDocument } from '../../lib/api/schema';
import { sendFile } from '../../lib/files/upload';
import { onLive } from '../../lib/live';
import { queryClient, useQuery } from '../../lib/query';

export const documentKeys = {
  tree: (space: string) => ['documents', space],
  one: (id: string) => ['document', id],
};

export async function refreshTree(space: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: documentKeys.tree(space) });
}

export function useDocuments(space: string) {
  useEffect(
    () =>
      onLive((frame) => {
        if (frame.t === 'documents' && frame.space === space) void refreshTree(space);
      }),
    [space],
  );
  return useQuery({
    queryKey: documentKeys.tree(space),
    queryFn: ({ signal }) =>
      api
        .get<{ documents: DocumentEntry[] }>(`/spaces/${space}/documents`, { signal })
        .then((page) => page.documents),
  });
}

export function useDocument(id: string) {
  return useQuery({
    queryKey: documentKeys.one(id),
    queryFn: ({ signal }) => api.get<DocumentMeta>(`/documents/${id}`, { signal }),
    staleTime: 0,
  });
}

export const createDocument = (space: string, wanted: NewDocument) =>
  api.post<DocumentMeta>(`/spaces/${space}/documents`, wanted);

export const importDocument = (space: string, file: File) =>
  sendFile<DocumentMeta>(`/spaces/${space}/documents/import`, file);

export async function changeDocument(id: string, change: ChangeDocument): Promise<DocumentMeta> {
  const meta = await api.patch<DocumentMeta>(`/documents/${id}`, change);
  await queryClient.invalidateQueries({ queryKey: documentKeys.one(id) });
  await refreshTree(meta.space);
  return meta;
}

export const trashDocument = (id: string) => api.delete(`/documents/${id}`);
export const restoreDocument = (id: string) => api.post<DocumentMeta>(`/documents/${id}/restore`);
