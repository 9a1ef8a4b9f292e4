import { useEffect, useState } from 'preact/hooks';

const phone = '(max-width: 47.99rem), (max-height: 30rem)';

/** Whether there is room for few buttons only: a phone, upright or lying. */
export function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => matchMedia(phone).matches);
  useEffect(() => {
    const query = matchMedia(phone);
    const look = () => setNarrow(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  return narrow;
}
