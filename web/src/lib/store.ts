import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** A value outside the component tree that components can follow. */
export interface Store<T> {
  get: () => T;
  set: (value: T) => void;
  subscribe: (listener: () => void) => () => void;
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

/** Reads a source outside the tree and follows it; a change between drawing and subscribing is not lost. */
export function useSyncExternalStore<T>(subscribe: (changed: () => void) => () => void, read: () => T): T {
  const value = read();
  const drawn = useRef(value);
  const [, redraw] = useState<object>();
  const latest = useRef(read);
  useLayoutEffect(() => {
    drawn.current = value;
    latest.current = read;
  });
  useLayoutEffect(() => {
    const check = () => {
      if (!Object.is(drawn.current, latest.current())) redraw({});
    };
    check();
    return subscribe(check);
  }, [subscribe]);
  return value;
}

export function useStore<T>(source: Store<T>): T {
  return useSyncExternalStore(source.subscribe, source.get);
}
