import { useEffect, useState } from 'preact/hooks';
import { weight } from '../../lib/format';
import { dictionary, useText } from '../../lib/i18n';
import { signalIcon } from '../../ui/icons';
import type { CallState } from '../call-state';
import { diagnose, type LineFigures, verdictOf } from '../diagnosis';
import { lineFigures } from '../line-store';
import type { InsideProps } from '../inside';
import { lineTexts } from '../line-texts';
import { ModeSelect } from '../mode-choice';
import type { Panel } from '../panels';
import { policyTexts } from '../policy-texts';
import { weighed } from '../weights';
import { useStore } from '../../lib/store';

function Figures({ line, counted }: { line: LineFigures; counted: CallState['weight'] }) {
  const texts = useText(lineTexts);
  const words = useText(policyTexts);
  const { received, sent, meeting } = counted;
  const rows: [string, string][] = [
    [texts.received, texts.rate(String(line.receivedKbit))],
    [texts.sent, texts.rate(String(line.sentKbit))],
    [texts.lossIn, texts.lost(String(line.lossInPercent))],
    [texts.lossOut, texts.lost(String(line.lossOutPercent))],
    [texts.delay, texts.ms(String(line.delayMs))],
    [texts.jitter, texts.ms(String(line.jitterMs))],
    [texts.transport, line.transport?.toUpperCase() ?? '…'],
    [texts.total, weight(weighed(line, counted))],
  ];
  return (
    <section class="stack" aria-label={texts.figures}>
      <h3>{texts.figures}</h3>
      <dl class="visio-line-figures tabular small">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt class="muted">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {meeting > 0 && <p class="small">{words.detail(weight(received), weight(sent), weight(meeting))}</p>}
    </section>
  );
}

/** What the line is like, why, and what to do about it. */
function Line({ inside }: InsideProps) {
  const texts = useText(lineTexts);
  const line = useStore(lineFigures);
  const [said, setSaid] = useState('');
  const found = line ? diagnose(line) : [];
  const verdict = line ? verdictOf(line) : 'good';
  useEffect(() => setSaid(texts.verdicts[verdict]), [verdict, texts]);
  return (
    <div class="visio-panel-body stack">
      <p class={`visio-verdict visio-verdict-${verdict}`} role="status">
        {said}
      </p>
      {found.length === 0 ? (
        <p>{texts.fine}</p>
      ) : (
        <section class="stack" aria-label={texts.why}>
          <h3>{texts.why}</h3>
          <ul class="stack">
            {found.map((problem) => (
              <li key={problem} class="visio-problem">
                <p class="strong">{texts.problems[problem].what}</p>
                <p>
                  <span class="muted">{texts.todo} : </span>
                  {texts.problems[problem].act}
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
      <ModeSelect inside={inside} />
      {line && <Figures line={line} counted={inside.state.weight} />}
    </div>
  );
}

export const linePanel: Panel = {
  id: 'line',
  words: dictionary({ name: 'Ma liaison' }, { name: 'My connection' }),
  icon: signalIcon,
  letter: 'd',
  place: 'more',
  View: Line,
};
