import { useEffect, useState } from 'preact/hooks';

/** A value outside the component tree that components can follow. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function store<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>(source: Store<T>): T {
  const [value, setValue] = useState<{ current: T }>({ current: source.get() });
  useEffect(() => {
    const follow = () => setValue({ current: source.get() });
    follow();
    return source.subscribe(follow);
  }, [source]);
  return value.current;
}
