import { useState } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { Button } from '../ui/button';
import { Banner } from '../ui/feedback';
import { InlineSelect, Select } from '../ui/field';
import type { InsideProps } from './inside';
import { type Mode, mayChoose, modes } from './modes';
import { useNarrow } from './narrow';
import { policyTexts } from './policy-texts';
import { roomTexts } from './room-texts';
import { UrgentDialog } from './urgent-dialog';

/** What one receives, to choose; beyond the policy's ceiling with a reason. */
export function ModeSelect({ inside, inline }: InsideProps & { inline?: boolean }) {
  const Field = inline ? InlineSelect : Select;
  const texts = useText(roomTexts);
  const { urgentOption } = useText(policyTexts);
  const [urgent, setUrgent] = useState<Mode>();
  const { call, state, meeting } = inside;
  const { reception } = state;
  const offered = modes.filter(
    (mode) => mayChoose(mode, reception) || (meeting && reception?.meetings.urgent) || mode === state.mode,
  );
  return (
    <>
      <Field
        label={texts.mode}
        options={offered.map((value) => ({
          value,
          label: mayChoose(value, reception) ? texts.modes[value] : urgentOption(texts.modes[value]),
        }))}
        value={urgent ?? state.mode}
        onValue={(mode) => {
          if (mayChoose(mode, reception)) call.setMode(mode);
          else setUrgent(mode);
        }}
      />
      {urgent && meeting && (
        <UrgentDialog
          meeting={meeting.id}
          onClose={() => setUrgent(undefined)}
          onGranted={(granted) => {
            setUrgent(undefined);
            call.take(granted);
            call.setMode(urgent);
          }}
        />
      )}
    </>
  );
}

/** At the head of the room; a phone has it in the panel of the line. */
export function ModeChoice({ inside }: InsideProps) {
  return useNarrow() ? null : <ModeSelect inside={inside} inline />;
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
