import { useEffect, useState } from 'preact/hooks';
import { announce } from '../../lib/a11y/announce';
import { useText } from '../../lib/i18n';
import { breakoutTexts } from './texts';

const lastMs = 60_000;

/** Minutes and seconds, as a clock shows them. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** What is left. Shown each second; said aloud once, a minute before the end. */
export function Countdown({ ends }: { ends: number }) {
  const texts = useText(breakoutTexts);
  const [left, setLeft] = useState(ends - performance.now());
  useEffect(() => {
    let before = ends - performance.now();
    setLeft(before);
    const timer = setInterval(() => {
      const now = ends - performance.now();
      if (before > lastMs && now <= lastMs) announce(texts.lastMinute);
      before = now;
      setLeft(now);
    }, 1000);
    return () => clearInterval(timer);
  }, [ends, texts]);
  return <span role="timer">{texts.left(clock(left))}</span>;
}
