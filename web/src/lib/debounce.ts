import { useEffect, useState } from 'preact/hooks';

/** The value once it has stopped changing for a while. */
export function useSettled<T>(value: T, delayMs: number): T {
  const [settled, setSettled] = useState<{ value: T }>({ value });
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ value }), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return settled.value;
}
