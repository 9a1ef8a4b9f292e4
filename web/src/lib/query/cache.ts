// What the server said, kept by key: one request for everybody who shows the same thing, data kept on screen while
// it is fetched again, hints from the live socket mark it stale. Small on purpose: it is in everybody's first load.

export type QueryKey = readonly unknown[];

export interface Snapshot<T> {
  data: T | undefined;
  error: Error | undefined;
  fetching: boolean;
}

export type Fetcher<T> = (context: { signal: AbortSignal }) => Promise<T>;

const keepUnusedMs = 5 * 60_000;
const firstRetryMs = 1_000;
const mostRetries = 2;

interface CacheOptions {
  /** Whether a failure is worth asking again. */
  retry: (error: Error) => boolean;
  now?: () => number;
}

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** One key: its data, who shows it, and the request under way. */
export class Entry<T> {
  snapshot: Snapshot<T> = { data: undefined, error: undefined, fetching: false };
  /** When the data was fetched; 0 when it must be fetched again. */
  freshAt = 0;
  private readonly listeners = new Set<() => void>();
  private fetcher: Fetcher<T> | undefined;
  private running: { promise: Promise<T>; controller: AbortController } | undefined;
  private unusedTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly key: QueryKey,
    private readonly owner: QueryCache,
  ) {
    this.forgetLater();
  }

  get used(): boolean {
    return this.listeners.size > 0;
  }

  subscribe(listener: () => void): () => void {
    clearTimeout(this.unusedTimer);
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.used) return;
      this.stop();
      this.forgetLater();
    };
  }

  isFresh(staleMs: number): boolean {
    return this.freshAt > 0 && this.owner.now() - this.freshAt < staleMs;
  }

  /** Joins the request under way, or starts one. */
  fetch(fetcher: Fetcher<T>): Promise<T> {
    this.fetcher = fetcher;
    return this.running?.promise ?? this.start(fetcher);
  }

  set(data: T): void {
    this.freshAt = this.owner.now();
    this.change({ data, error: undefined });
  }

  /** Marks the data stale; whoever shows it gets it again, whatever is under way. */
  async invalidate(): Promise<void> {
    this.freshAt = 0;
    if (!this.used || !this.fetcher) return;
    this.stop();
    await this.start(this.fetcher).catch(() => undefined);
  }

  stop(): void {
    this.running?.controller.abort();
    this.running = undefined;
    if (this.snapshot.fetching) this.change({ fetching: false });
  }

  private async start(fetcher: Fetcher<T>): Promise<T> {
    const controller = new AbortController();
    const promise = this.attempt(fetcher, controller.signal);
    const run = { promise, controller };
    this.running = run;
    this.change({ fetching: true });
    try {
      const data = await promise;
      if (this.running === run) {
        this.running = undefined;
        this.freshAt = this.owner.now();
        this.change({ data, error: undefined, fetching: false });
      }
      return data;
    } catch (thrown) {
      const error = asError(thrown);
      if (this.running === run) {
        this.running = undefined;
        this.change({ error, fetching: false });
      }
      throw error;
    }
  }

  private async attempt(fetcher: Fetcher<T>, signal: AbortSignal): Promise<T> {
    for (let tried = 0; ; tried += 1) {
      try {
        return await fetcher({ signal });
      } catch (thrown) {
        const error = asError(thrown);
        if (signal.aborted || tried >= mostRetries || !this.owner.retry(error)) throw error;
        await wait(firstRetryMs * 2 ** tried, signal);
      }
    }
  }

  private change(part: Partial<Snapshot<T>>): void {
    this.snapshot = { ...this.snapshot, ...part };
    for (const listener of [...this.listeners]) listener();
    this.owner.tell(this);
  }

  private forgetLater(): void {
    this.unusedTimer = setTimeout(() => this.owner.forget(this as Entry<unknown>), keepUnusedMs);
  }
}

const hashOf = (key: QueryKey): string => JSON.stringify(key);

const startsWith = (key: QueryKey, prefix: QueryKey): boolean =>
  prefix.every((part, index) => JSON.stringify(part) === JSON.stringify(key[index]));

export class QueryCache {
  private readonly entries = new Map<string, Entry<unknown>>();
  private readonly watchers = new Set<(entry: Entry<unknown>) => void>();
  readonly retry: (error: Error) => boolean;
  readonly now: () => number;

  constructor(options: CacheOptions) {
    this.retry = options.retry;
    this.now = options.now ?? Date.now;
  }

  entry<T>(key: QueryKey): Entry<T> {
    const hash = hashOf(key);
    const known = this.entries.get(hash);
    if (known) return known as Entry<T>;
    const made = new Entry<T>(key, this);
    this.entries.set(hash, made);
    return made;
  }

  fetchQuery<T>(options: { queryKey: QueryKey; queryFn: Fetcher<T> }): Promise<T> {
    return this.entry<T>(options.queryKey).fetch(options.queryFn);
  }

  getQueryData<T>(key: QueryKey): T | undefined {
    return this.entry<T>(key).snapshot.data;
  }

  setQueryData<T>(key: QueryKey, value: T | ((before: T | undefined) => T | undefined)): void {
    const entry = this.entry<T>(key);
    const next =
      typeof value === 'function'
        ? (value as (before: T | undefined) => T | undefined)(entry.snapshot.data)
        : value;
    if (next !== undefined) entry.set(next);
  }

  /** Every key that begins with this one, all of them when none is given. */
  async invalidateQueries({ queryKey = [] }: { queryKey?: QueryKey } = {}): Promise<void> {
    const touched = [...this.entries.values()].filter((entry) => startsWith(entry.key, queryKey));
    await Promise.all(touched.map((entry) => entry.invalidate()));
  }

  /** The network is back: what failed for lack of it is asked again. */
  retryFailed(): void {
    for (const entry of this.entries.values()) {
      if (entry.snapshot.error && this.retry(entry.snapshot.error)) void entry.invalidate();
    }
  }

  subscribe(watcher: (entry: Entry<unknown>) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  clear(): void {
    for (const entry of this.entries.values()) entry.stop();
    this.entries.clear();
  }

  forget(entry: Entry<unknown>): void {
    if (!entry.used) this.entries.delete(hashOf(entry.key));
  }

  tell(entry: Entry<unknown>): void {
    for (const watcher of [...this.watchers]) watcher(entry);
  }
}
