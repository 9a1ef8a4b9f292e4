import { useEffect } from 'preact/hooks';
import { weight } from '../lib/format';
import { useText } from '../lib/i18n';
import { useStore } from '../lib/store';
import { cx } from '../ui/cx';
import { Icon } from '../ui/icon';
import { signalIcon } from '../ui/icons';
import { verdictOf } from './diagnosis';
import { LineMeter } from './figures';
import type { InsideProps } from './inside';
import { lineFigures } from './line-store';
import { lineTexts } from './line-texts';
import { useNarrow } from './narrow';
import { policyTexts } from './policy-texts';
import { weighed } from './weights';

const figuresEveryMs = 2000;

/** What the line is like and what it has weighed; a click says why and what to do. */
export function Figures({ inside: { call, state, panel, show } }: InsideProps) {
  const texts = useText(lineTexts);
  const words = useText(policyTexts);
  const narrow = useNarrow();
  const line = useStore(lineFigures);
  useEffect(() => {
    const meter = new LineMeter(call.room);
    lineFigures.set(undefined);
    const timer = setInterval(() => {
      void meter.read().then((now) => lineFigures.set(now));
    }, figuresEveryMs);
    return () => clearInterval(timer);
  }, [call]);
  const verdict = line ? verdictOf(line) : 'good';
  const mine = weight(weighed(line, state.weight));
  const open = panel === 'line';
  return (
    <button
      type="button"
      class={cx('visio-figures', `visio-verdict-${verdict}`)}
      aria-expanded={open}
      onClick={() => show(open ? undefined : 'line')}
    >
      <Icon d={signalIcon} small />
      <span class="unseen">{`${texts.name}, ${texts.verdicts[verdict]}`}</span>
      <span class="tabular">
        {narrow || !line ? mine : words.mine(String(line.receivedKbit + line.sentKbit), mine)}
      </span>
    </button>
  );
}
