import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useSyncExternalStore } from '../store';
import type { Entry, Fetcher, QueryKey, Snapshot } from './cache';
import { queryClient } from './client';

export { queryClient } from './client';

const usualStaleMs = 60_000;

interface QueryOptions<T> {
  queryKey: QueryKey;
  queryFn: Fetcher<T>;
  enabled?: boolean;
  staleTime?: number;
  /** When the key changes, the old data stays until the new one is there. */
  keepPrevious?: boolean;
}

function useSnapshot<T>(
  entry: Entry<T>,
  enabled: boolean,
  staleMs: number,
  fetcher: () => Fetcher<T>,
): Snapshot<T> {
  const subscribe = useCallback((changed: () => void) => entry.subscribe(changed), [entry]);
  const snapshot = useSyncExternalStore(subscribe, () => entry.snapshot);
  useEffect(() => {
    if (enabled && !entry.isFresh(staleMs)) void entry.fetch(fetcher()).catch(() => undefined);
    // The key (the entry) decides when to fetch; the function is read when it does.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [entry, enabled, staleMs]);
  return snapshot;
}

/** Data of the server by key: what is known at once, then what is new. */
export function useQuery<T>(options: QueryOptions<T>) {
  const { queryKey, queryFn, enabled = true, staleTime = usualStaleMs, keepPrevious = false } = options;
  const entry = queryClient.entry<T>(queryKey);
  const latest = useRef(queryFn);
  latest.current = queryFn;
  const snapshot = useSnapshot(entry, enabled, staleTime, () => latest.current);
  const previous = useRef<T | undefined>(undefined);
  if (snapshot.data !== undefined) previous.current = snapshot.data;
  const data = snapshot.data ?? (keepPrevious && enabled ? previous.current : undefined);
  return {
    data,
    error: snapshot.error,
    isFetching: snapshot.fetching,
    refetch: () => entry.fetch(latest.current).catch(() => undefined),
  };
}

interface Page {
  next?: string;
}

interface PagesOptions<T extends Page> {
  queryKey: QueryKey;
  queryFn: (context: { pageParam: string | undefined; signal: AbortSignal }) => Promise<T>;
  staleTime?: number;
  keepPrevious?: boolean;
}

/** A list fetched page by page, the next one only when asked for. Fetching again brings back as many pages. */
export function useInfiniteQuery<T extends Page>(options: PagesOptions<T>) {
  const { queryKey, queryFn, staleTime, keepPrevious } = options;
  const entry = queryClient.entry<{ pages: T[] }>(queryKey);
  const [more, setMore] = useState(false);
  const loadAll: Fetcher<{ pages: T[] }> = async ({ signal }) => {
    const wanted = Math.max(1, entry.snapshot.data?.pages.length ?? 1);
    const pages: T[] = [];
    let after: string | undefined;
    do {
      const page = await queryFn({ pageParam: after, signal });
      pages.push(page);
      after = page.next;
    } while (after !== undefined && pages.length < wanted);
    return { pages };
  };
  const query = useQuery({
    queryKey,
    queryFn: loadAll,
    ...(staleTime !== undefined && { staleTime }),
    ...(keepPrevious && { keepPrevious }),
  });
  const last = query.data?.pages[query.data.pages.length - 1];
  const fetchNextPage = async () => {
    const pageParam = last?.next;
    if (pageParam === undefined || more) return;
    setMore(true);
    try {
      const page = await queryFn({ pageParam, signal: new AbortController().signal });
      queryClient.setQueryData<{ pages: T[] }>(queryKey, (known) => ({
        pages: [...(known?.pages ?? []), page],
      }));
    } finally {
      setMore(false);
    }
  };
  return { ...query, hasNextPage: last?.next !== undefined, isFetchingNextPage: more, fetchNextPage };
}
