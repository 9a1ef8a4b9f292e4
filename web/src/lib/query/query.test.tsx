import { act, render, screen } from '@testing-library/preact';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { QueryCache } from './cache';
import { queryClient, useInfiniteQuery, useQuery } from '.';

const never = { retry: () => false };
afterEach(() => queryClient.clear());

describe('QueryCache', () => {
  it('asks once for everybody who wants the same key', async () => {
    const cache = new QueryCache(never);
    const fetcher = vi.fn(() => Promise.resolve('a'));
    const both = await Promise.all([
      cache.fetchQuery({ queryKey: ['k'], queryFn: fetcher }),
      cache.fetchQuery({ queryKey: ['k'], queryFn: fetcher }),
    ]);
    expect(both).toEqual(['a', 'a']);
    expect(fetcher).toHaveBeenCalledTimes(1);
  });

  it('asks again for what is shown when it is invalidated, and only marks the rest stale', async () => {
    const cache = new QueryCache(never);
    let version = 0;
    const shown = cache.entry<number>(['space', 'a']);
    shown.subscribe(() => undefined);
    await shown.fetch(() => Promise.resolve((version += 1)));
    const hidden = cache.entry<number>(['space', 'b']);
    await hidden.fetch(() => Promise.resolve(10));
    await cache.invalidateQueries({ queryKey: ['space'] });
    expect(shown.snapshot.data).toBe(2);
    expect(hidden.snapshot.data).toBe(10);
    expect(hidden.isFresh(1_000_000)).toBe(false);
  });

  it('keeps the data it has when asking again fails', async () => {
    const cache = new QueryCache(never);
    const entry = cache.entry<string>(['k']);
    entry.subscribe(() => undefined);
    await entry.fetch(() => Promise.resolve('kept'));
    await entry.fetch(() => Promise.reject(new Error('no'))).catch(() => undefined);
    expect(entry.snapshot.data).toBe('kept');
    expect(entry.snapshot.error?.message).toBe('no');
  });

  it('tries again only what is worth it', async () => {
    vi.useFakeTimers();
    const cache = new QueryCache({ retry: (error) => error.message === 'network' });
    const fetcher = vi.fn().mockRejectedValueOnce(new Error('network')).mockResolvedValue('b');
    const answer = cache.fetchQuery({ queryKey: ['k'], queryFn: fetcher });
    await vi.runAllTimersAsync();
    await expect(answer).resolves.toBe('b');
    vi.useRealTimers();
    const refused = vi.fn(() => Promise.reject(new Error('refused')));
    await expect(cache.fetchQuery({ queryKey: ['r'], queryFn: refused })).rejects.toThrow('refused');
    expect(refused).toHaveBeenCalledTimes(1);
  });

  it('aborts a request that nobody waits for any more', () => {
    const cache = new QueryCache(never);
    const entry = cache.entry<string>(['k']);
    const leave = entry.subscribe(() => undefined);
    let signal: AbortSignal | undefined;
    entry
      .fetch((context) => {
        signal = context.signal;
        return new Promise(() => undefined);
      })
      .catch(() => undefined);
    leave();
    expect(signal?.aborted).toBe(true);
  });
});

describe('useQuery', () => {
  function Name({ id }: { id: string }) {
    const { data, error } = useQuery({
      queryKey: ['name', id],
      queryFn: () => (id === 'bad' ? Promise.reject(new Error('refused')) : Promise.resolve(`person ${id}`)),
      keepPrevious: true,
    });
    return <p>{error ? error.message : (data ?? 'nothing yet')}</p>;
  }

  it('shows data, keeps the old one while the key changes, then the new one', async () => {
    const view = render(<Name id="1" />);
    expect(screen.getByText('nothing yet')).toBeTruthy();
    await screen.findByText('person 1');
    view.rerender(<Name id="2" />);
    expect(screen.getByText('person 1')).toBeTruthy();
    await screen.findByText('person 2');
  });

  it('shows the refusal', async () => {
    render(<Name id="bad" />);
    await screen.findByText('refused');
  });

  it('follows what a live hint changes', async () => {
    render(<Name id="3" />);
    await screen.findByText('person 3');
    await act(() => queryClient.setQueryData(['name', '3'], 'renamed'));
    await screen.findByText('renamed');
  });
});

describe('useInfiniteQuery', () => {
  const fetchPage = vi.fn((after: string | undefined) =>
    Promise.resolve(after ? { items: ['c'] } : { items: ['a', 'b'], next: 'b' }),
  );
  function Letters() {
    const list = useInfiniteQuery<{ items: string[]; next?: string }>({
      queryKey: ['letters'],
      queryFn: ({ pageParam }) => fetchPage(pageParam),
    });
    return (
      <>
        <p>{(list.data?.pages ?? []).flatMap((page) => page.items).join('')}</p>
        {list.hasNextPage && (
          <button type="button" onClick={() => void list.fetchNextPage()}>
            more
          </button>
        )}
      </>
    );
  }

  it('fetches the next page when asked, and as many pages again when invalidated', async () => {
    render(<Letters />);
    await screen.findByText('ab');
    await userEvent.click(screen.getByRole('button', { name: 'more' }));
    await screen.findByText('abc');
    expect(screen.queryByRole('button')).toBeNull();
    await act(() => queryClient.invalidateQueries({ queryKey: ['letters'] }));
    expect(screen.getByText('abc')).toBeTruthy();
    expect(fetchPage).toHaveBeenCalledTimes(4);
  });
});
