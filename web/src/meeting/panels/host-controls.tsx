import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { Switch } from '../../ui/choice';
import { ConfirmDialog } from '../../ui/confirm';
import { toast } from '../../ui/feedback';
import { copyIcon, downloadIcon, micOffIcon, refreshCwIcon } from '../../ui/icons';
import type { Host, Meeting } from '../api';
import { hostTexts } from '../host-texts';
import { saveAttendance } from './attendance';
import { ForbiddenList } from './forbidden';

interface Props {
  host: Host;
  meeting: Meeting;
  onMeeting: (meeting: Meeting) => void;
}
type Change = Parameters<Host['change']>[0];

/** The link for people without account: given, renewed, taken back. */
function GuestLink({ meeting, onChange }: { meeting: Meeting; onChange: (change: Change) => void }) {
  const texts = useText(hostTexts);
  const [renewing, setRenewing] = useState(false);
  const link = meeting.guest_link;
  const copy = (text: string) => void navigator.clipboard.writeText(text).then(() => toast(texts.copied));
  return (
    <>
      <Switch
        label={texts.guests}
        hint={texts.guestsHint}
        checked={meeting.guests}
        onChecked={(guests) => onChange({ guests })}
      />
      {link && (
        <>
          <div class="row row-wrap">
            <Button small icon={copyIcon} onClick={() => copy(link)}>
              {texts.copyLink}
            </Button>
            <Button small icon={refreshCwIcon} onClick={() => setRenewing(true)}>
              {texts.renew}
            </Button>
          </div>
          <Switch
            label={texts.lobby}
            hint={texts.lobbyHint}
            checked={meeting.lobby}
            onChecked={(lobby) => onChange({ lobby })}
          />
          <Switch
            label={texts.guestChat}
            hint={texts.guestChatHint}
            checked={meeting.guest_chat}
            onChecked={(guest_chat) => onChange({ guest_chat })}
          />
        </>
      )}
      {renewing && (
        <ConfirmDialog
          title={texts.renew}
          confirm={texts.renew}
          onConfirm={() => {
            setRenewing(false);
            onChange({ new_guest_link: true });
          }}
          onClose={() => setRenewing(false)}
        >
          <p>{texts.renewText}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** What a host does to the meeting. */
export function HostControls({ host, meeting, onMeeting }: Props) {
  const texts = useText(hostTexts);
  const [ending, setEnding] = useState(false);
  const change = useAction((wanted: Change) => host.change(wanted), { onDone: onMeeting });
  const act = useAction((run: () => Promise<unknown>) => run());
  return (
    <section class="stack visio-host" aria-label={texts.title}>
      <h3>{texts.title}</h3>
      <div class="row row-wrap">
        <Button
          small
          icon={micOffIcon}
          onClick={() => act.run(() => host.muteAll().then(() => toast(texts.allMuted)))}
        >
          {texts.muteAll}
        </Button>
        <Button small icon={downloadIcon} onClick={() => act.run(() => saveAttendance(host, meeting.name))}>
          {texts.attendance}
        </Button>
      </div>
      <Switch
        label={texts.lock}
        hint={texts.lockHint}
        checked={meeting.locked}
        onChecked={(locked) => change.run({ locked })}
      />
      <GuestLink meeting={meeting} onChange={change.run} />
      <ForbiddenList host={host} />
      <div>
        <Button small variant="danger" onClick={() => setEnding(true)}>
          {texts.endAll}
        </Button>
      </div>
      {ending && (
        <ConfirmDialog
          title={texts.endAll}
          confirm={texts.endAll}
          danger
          onConfirm={() => act.run(host.end)}
          onClose={() => setEnding(false)}
        >
          <p>{texts.endText}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}
