import { useText } from '../lib/i18n';
import { Button } from '../ui/button';
import { Banner } from '../ui/feedback';
import { InlineSelect } from '../ui/field';
import type { InsideProps } from './inside';
import { modes } from './modes';
import { useNarrow } from './narrow';
import { roomTexts } from './room-texts';

/** What one receives, to choose. */
export function ModeChoice({ inside: { call, state } }: InsideProps) {
  const texts = useText(roomTexts);
  // A phone has it in the panel of the line.
  if (useNarrow()) return null;
  return (
    <InlineSelect
      label={texts.mode}
      options={modes.map((value) => ({ value, label: texts.modes[value] }))}
      value={state.mode}
      onValue={(mode) => call.setMode(mode)}
    />
  );
}

/** Said when the line, and not the person, chose. */
export function ModeNotice({ inside: { call, state } }: InsideProps) {
  const texts = useText(roomTexts);
  if (!state.reduced) return null;
  return (
    <Banner
      tone="accent"
      action={
        <Button small onClick={() => call.keepImages()}>
          {texts.keepImages}
        </Button>
      }
    >
      <span role="status">{texts.reduced(texts.modes[state.mode])}</span>
    </Banner>
  );
}
