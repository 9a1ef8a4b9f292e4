import type { Reception } from '../lib/api/schema';
import { weight } from '../lib/format';
import { useText } from '../lib/i18n';
import { Switch } from '../ui/choice';
import { Banner } from '../ui/feedback';
import { lighter, type Mode } from './modes';
import { policyTexts } from './policy-texts';
import { roomTexts } from './room-texts';
import { hourly } from './weights';

interface Props {
  reception: Reception;
  guest: boolean;
  mode: Mode | undefined;
  onMode: (mode: Mode | undefined) => void;
  needsImages: boolean;
  onNeedsImages: (needed: boolean) => void;
}

/** Before one enters: what one will receive, why and until when, what it weighs, and what would weigh less. */
export function DoorWeight({ reception, guest, mode, onMode, needsImages, onNeedsImages }: Props) {
  const texts = useText(policyTexts);
  const { modes } = useText(roomTexts);
  const applies = needsImages ? 'full' : reception.mode;
  const less = lighter(applies);
  return (
    <>
      {reception.window !== '' && !needsImages && <Banner tone="info">{reception.sentence}</Banner>}
      <p class="small muted">{texts.willWeigh(modes[mode ?? applies], weight(hourly[mode ?? applies]))}</p>
      {less && (
        <Switch
          label={texts.enterLighter}
          hint={texts.weighs(modes[less], weight(hourly[less]))}
          checked={mode !== undefined}
          onChecked={(on) => onMode(on ? less : undefined)}
        />
      )}
      {guest && reception.window !== '' && (
        <Switch
          label={texts.needImages}
          hint={texts.needImagesHint}
          checked={needsImages}
          onChecked={(on) => {
            onNeedsImages(on);
            onMode(undefined);
          }}
        />
      )}
    </>
  );
}
