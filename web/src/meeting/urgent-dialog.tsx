import { useState } from 'preact/hooks';
import { useAction } from '../lib/action';
import type { Reception } from '../lib/api/schema';
import { useText } from '../lib/i18n';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Banner } from '../ui/feedback';
import { TextField } from '../ui/field';
import { goBeyond } from './api';
import { policyTexts } from './policy-texts';
import { meetingTexts } from './texts';

const maxReason = 200;

/** "Urgent": one click and a few words, which the house counts. */
export function UrgentDialog({
  meeting,
  onGranted,
  onClose,
}: {
  meeting: string;
  onGranted: (reception: Reception) => void;
  onClose: () => void;
}) {
  const texts = useText(policyTexts);
  const { cancel } = useText(meetingTexts);
  const [reason, setReason] = useState('');
  const [checked, setChecked] = useState(false);
  const act = useAction((why: string) => goBeyond(meeting, why), { quiet: true, onDone: onGranted });
  const missing = checked && reason.trim() === '' ? texts.reasonMissing : undefined;
  return (
    <Dialog
      title={texts.urgentTitle}
      onClose={onClose}
      onSubmit={() => {
        setChecked(true);
        if (reason.trim() !== '') act.run(reason.trim());
      }}
      footer={
        <>
          <Button onClick={onClose}>{cancel}</Button>
          <Button type="submit" variant="primary" busy={act.busy}>
            {texts.urgent}
          </Button>
        </>
      }
    >
      <p>{texts.urgentLead}</p>
      <TextField
        label={texts.reason}
        value={reason}
        onValue={setReason}
        maxLength={maxReason}
        error={missing}
      />
      {act.problem && <Banner tone="danger">{act.problem}</Banner>}
    </Dialog>
  );
}
