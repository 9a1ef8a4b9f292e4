import { useEffect, useState } from 'preact/hooks';
import { weight } from '../lib/format';
import { useText } from '../lib/i18n';
import type { InsideProps } from './inside';
import { roomTexts } from './room-texts';

const figuresEveryMs = 2000;

/** Bytes since one entered, the rate of the last seconds, and what the line is like. */
export function Figures({ inside: { call } }: InsideProps) {
  const texts = useText(roomTexts);
  const [shown, setShown] = useState({ bytes: 0, rate: 0, delayMs: 0, lossPercent: 0 });
  useEffect(() => {
    let before = 0;
    const timer = setInterval(() => {
      void call.figures().then((now) => {
        const rate = Math.max(0, now.bytes - before) / (figuresEveryMs / 1000);
        before = now.bytes;
        setShown({ ...now, rate });
      });
    }, figuresEveryMs);
    return () => clearInterval(timer);
  }, [call]);
  const { bytes, rate, delayMs, lossPercent } = shown;
  const verdict = lossPercent >= 5 ? texts.lossy : delayMs >= 300 ? texts.far : texts.fine;
  return (
    <details class="visio-figures">
      <summary>{texts.bytes(weight(bytes), weight(rate))}</summary>
      <p class="small">
        <span class="strong">{texts.why}</span> : {verdict}{' '}
        {texts.quality(String(delayMs), String(lossPercent))}
      </p>
    </details>
  );
}
