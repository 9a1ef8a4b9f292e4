import { useEffect } from 'preact/hooks';
import { api } from '../../../lib/api/client';
import type { DocumentThread, NewDocumentThread } from '../../../lib/api/schema';
import { onLive } from '../../../lib/live';
import { queryClient, useQuery } from '../../../lib/query';

const keyOf = (document: string) => ['document', document, 'threads'];

export const refreshThreads = (document: string) =>
  queryClient.invalidateQueries({ queryKey: keyOf(document) });

/** The discussions of a document, followed as others speak. */
export function useThreads(document: string) {
  useEffect(
    () =>
      onLive((frame) => {
        if (frame.t === 'threads' && frame.document === document) void refreshThreads(document);
      }),
    [document],
  );
  return useQuery({
    queryKey: keyOf(document),
    queryFn: ({ signal }) =>
      api
        .get<{ threads: DocumentThread[] }>(`/documents/${document}/threads`, { signal })
        .then((page) => page.threads),
    staleTime: 0,
  });
}

/** What the server answered takes its place at once; the others learn of it by the live socket. */
async function kept(document: string, act: Promise<DocumentThread>): Promise<DocumentThread> {
  const thread = await act;
  queryClient.setQueryData<DocumentThread[]>(keyOf(document), (known = []) =>
    known.some((one) => one.id === thread.id)
      ? known.map((one) => (one.id === thread.id ? thread : one))
      : [...known, thread],
  );
  return thread;
}

export const openThread = (document: string, wanted: NewDocumentThread) =>
  kept(document, api.post<DocumentThread>(`/documents/${document}/threads`, wanted));

export const replyTo = (document: string, thread: string, text: string) =>
  kept(document, api.post<DocumentThread>(`/threads/${thread}/replies`, { text }));

export const changeThread = (
  document: string,
  thread: string,
  change: { resolved?: boolean; accepted?: boolean },
) => kept(document, api.patch<DocumentThread>(`/threads/${thread}`, change));

export async function deleteThread(document: string, thread: string): Promise<void> {
  await api.delete(`/threads/${thread}`);
  await refreshThreads(document);
}
