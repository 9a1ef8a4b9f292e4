import { useEffect, useState } from 'preact/hooks';
import { weight } from '../../lib/format';
import { dictionary, useText } from '../../lib/i18n';
import { Select } from '../../ui/field';
import { signalIcon } from '../../ui/icons';
import { diagnose, type LineFigures, verdictOf } from '../diagnosis';
import { lineFigures } from '../line-store';
import type { InsideProps } from '../inside';
import { lineTexts } from '../line-texts';
import { modes } from '../modes';
import type { Panel } from '../panels';
import { roomTexts } from '../room-texts';
import { useStore } from '../../lib/store';

function Figures({ line }: { line: LineFigures }) {
  const texts = useText(lineTexts);
  const rows: [string, string][] = [
    [texts.received, texts.rate(String(line.receivedKbit))],
    [texts.sent, texts.rate(String(line.sentKbit))],
    [texts.lossIn, texts.lost(String(line.lossInPercent))],
    [texts.lossOut, texts.lost(String(line.lossOutPercent))],
    [texts.delay, texts.ms(String(line.delayMs))],
    [texts.jitter, texts.ms(String(line.jitterMs))],
    [texts.transport, line.transport?.toUpperCase() ?? '…'],
    [texts.total, weight(line.bytes)],
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
    </section>
  );
}

/** What the line is like, why, and what to do about it. */
function Line({ inside: { call, state } }: InsideProps) {
  const texts = useText(lineTexts);
  const room = useText(roomTexts);
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
      <Select
        label={texts.mode}
        options={modes.map((value) => ({ value, label: room.modes[value] }))}
        value={state.mode}
        onValue={(mode) => call.setMode(mode)}
      />
      {line && <Figures line={line} />}
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
