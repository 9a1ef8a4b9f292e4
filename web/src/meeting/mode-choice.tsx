import { useText } from '../lib/i18n';
import { Button } from '../ui/button';
import { Banner } from '../ui/feedback';
import { InlineSelect } from '../ui/field';
import { type Mode, modes } from './modes';
import { meetingTexts } from './texts';

/** What one receives, to choose. */
export function ModeChoice({ mode, onMode }: { mode: Mode; onMode: (mode: Mode) => void }) {
  const texts = useText(meetingTexts);
  return (
    <InlineSelect
      label={texts.mode}
      options={modes.map((value) => ({ value, label: texts.modes[value] }))}
      value={mode}
      onValue={onMode}
    />
  );
}

/** Said when the line, and not the person, chose. */
export function ModeNotice({ mode, onKeep }: { mode: Mode; onKeep: () => void }) {
  const texts = useText(meetingTexts);
  return (
    <Banner
      tone="accent"
      action={
        <Button small onClick={onKeep}>
          {texts.keepImages}
        </Button>
      }
    >
      <span role="status">{texts.reduced(texts.modes[mode])}</span>
    </Banner>
  );
}
