import { useAction } from '../../lib/action';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { toast } from '../../ui/feedback';
import type { Host, Meeting } from '../api';
import { roomTexts } from '../room-texts';
import { saveAttendance } from './attendance';

interface Props {
  host: Host;
  meeting: Meeting;
  onMeeting: (meeting: Meeting) => void;
}

/** What a host does to the meeting. */
export function HostControls({ host, meeting, onMeeting }: Props) {
  const texts = useText(roomTexts);
  const change = useAction((wanted: Parameters<Host['change']>[0]) => host.change(wanted), {
    onDone: onMeeting,
  });
  const act = useAction((run: () => Promise<unknown>) => run());
  const link = meeting.guest_link;
  const copy = (text: string) => void navigator.clipboard.writeText(text).then(() => toast(texts.copied));
  return (
    <div class="stack">
      <Button small onClick={() => act.run(host.muteAll)}>
        {texts.muteAll}
      </Button>
      <Button small onClick={() => change.run({ locked: !meeting.locked })}>
        {meeting.locked ? texts.unlock : texts.lock}
      </Button>
      {link ? (
        <Button small onClick={() => copy(link)}>
          {texts.copyLink}
        </Button>
      ) : (
        <Button small onClick={() => change.run({ guests: true })}>
          {texts.guests}
        </Button>
      )}
      <Button small onClick={() => act.run(() => saveAttendance(host, meeting.name))}>
        {texts.attendance}
      </Button>
      <Button small variant="danger" onClick={() => act.run(host.end)}>
        {texts.endAll}
      </Button>
    </div>
  );
}
