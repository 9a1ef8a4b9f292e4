import { useState } from 'preact/hooks';
import { sentenceOf } from '../lib/api/client';
import { number, weight } from '../lib/format';
import { useText } from '../lib/i18n';
import { Button } from '../ui/button';
import { Banner } from '../ui/feedback';
import { signalIcon } from '../ui/icons';
import type { Visitor } from './api';
import { adviceOf, checkLine, type LineResult, mostBytes } from './line-check';
import { lineTexts } from './line-texts';

const tones = { good: 'ok', sound: 'accent', poor: 'danger' } as const;

function Result({ result }: { result: LineResult }) {
  const texts = useText(lineTexts).test;
  const advice = adviceOf(result);
  if (result.blocked)
    return (
      <Banner tone="danger">
        <p>{texts[result.blocked]}</p>
        <p class="small">{texts.askIt}</p>
      </Banner>
    );
  const rate = number(result.kbit);
  return (
    <Banner tone={tones[advice]} title={texts[advice]}>
      <p class="small tabular">
        {texts.figures(
          result.transport?.toUpperCase() ?? '',
          String(result.delayMs),
          result.atLeast ? texts.atLeast(rate) : texts.about(rate),
        )}
      </p>
      {result.transport === 'tcp' && <p class="small">{texts.tcp}</p>}
      {advice !== 'good' && <p class="small">{texts.wifi}</p>}
    </Banner>
  );
}

/** The line to this server, measured before one enters. Begins at once: it was asked for by a click. */
export function LineTest({ visitor }: { visitor: Visitor }) {
  const texts = useText(lineTexts).test;
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<LineResult>();
  const [problem, setProblem] = useState<string>();
  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    setResult(undefined);
    try {
      setResult(await checkLine(await visitor.check()));
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
  };
  return (
    <div class="stack">
      <div class="row row-wrap">
        <Button small icon={signalIcon} busy={busy} onClick={() => void run()}>
          {result ? texts.again : texts.run}
        </Button>
        <span class="small muted grow">{texts.weight(weight(2 * mostBytes))}</span>
      </div>
      <div role="status" class="stack">
        {busy && <p class="small">{texts.running}</p>}
        {result && <Result result={result} />}
        {problem && <Banner tone="danger">{problem}</Banner>}
      </div>
    </div>
  );
}
