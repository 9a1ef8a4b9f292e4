import { useState } from 'preact/hooks';
import type { MeetingMode, NetworkWindow } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { dayName, meetingModes, networkName, networkTexts, weekDays } from '../../lib/network-policy';
import { Button } from '../../ui/button';
import { Checkbox } from '../../ui/choice';
import { Dialog } from '../../ui/dialog';
import { Select, TextField } from '../../ui/field';
import { policyAdminTexts } from './network-policy-i18n';

const usual = ['rie', 'vpn'];
const toggled = <T,>(list: readonly T[], one: T, on: boolean): T[] =>
  on ? [...list, one] : list.filter((other) => other !== one);
const timeForm = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;

/** One window, as a form. What only the server knows (zones) it says when the whole is saved. */
export function WindowDialog({
  window,
  networks,
  onKeep,
  onClose,
}: {
  window: NetworkWindow;
  networks: string[];
  onKeep: (window: NetworkWindow) => void;
  onClose: () => void;
}) {
  const texts = useText(policyAdminTexts);
  const words = useText(networkTexts);
  const [draft, setDraft] = useState(window);
  const [checked, setChecked] = useState(false);
  const change = (part: Partial<NetworkWindow>) => setDraft({ ...draft, ...part });
  const modes = meetingModes.map((value) => ({ value, label: words.modes[value] }));
  const labels = [...new Set([...usual, ...networks, ...draft.networks])];
  const wrong = {
    name: draft.name.trim() === '' ? texts.missing : undefined,
    days: draft.days.length === 0 ? texts.oneDay : undefined,
    start: timeForm.test(draft.start) ? undefined : texts.timeForm,
    end: !timeForm.test(draft.end) ? texts.timeForm : draft.end <= draft.start ? texts.endAfter : undefined,
    entry:
      meetingModes.indexOf(draft.meetings.entry) < meetingModes.indexOf(draft.meetings.ceiling)
        ? texts.entryAbove
        : undefined,
  };
  const submit = () => {
    setChecked(true);
    if (Object.values(wrong).some((one) => one !== undefined)) return;
    const { from, to, ...rest } = draft;
    onKeep({ ...rest, name: draft.name.trim(), ...(from && { from }), ...(to && { to }) });
  };
  const said = (field: keyof typeof wrong) => (checked ? wrong[field] : undefined);
  const rule = (part: Partial<NetworkWindow['meetings']>) =>
    change({ meetings: { ...draft.meetings, ...part } });
  return (
    <Dialog
      title={window.name === '' ? texts.addWindow : texts.editOf(window.name)}
      wide
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" variant="primary">
            {texts.keep}
          </Button>
        </>
      }
    >
      <TextField
        label={texts.name}
        value={draft.name}
        onValue={(name) => change({ name })}
        maxLength={60}
        error={said('name')}
      />
      <fieldset class="stack">
        <legend class="field-label">{texts.days}</legend>
        <div class="row row-wrap">
          {weekDays.map((day) => (
            <Checkbox
              key={day}
              label={dayName(day, 'long')}
              checked={draft.days.includes(day)}
              onChecked={(on) => change({ days: toggled(draft.days, day, on) })}
            />
          ))}
        </div>
        {said('days') && <p class="field-error">{said('days')}</p>}
      </fieldset>
      <TextField
        label={texts.start}
        hint={texts.timeHint}
        value={draft.start}
        onValue={(start) => change({ start })}
        error={said('start')}
      />
      <TextField label={texts.end} value={draft.end} onValue={(end) => change({ end })} error={said('end')} />
      <TextField
        label={texts.zone}
        hint={texts.zoneHint}
        value={draft.zone}
        onValue={(zone) => change({ zone })}
        spellcheck={false}
      />
      <Checkbox
        label={texts.onDaysOff}
        checked={draft.holidays}
        onChecked={(holidays) => change({ holidays })}
      />
      <TextField
        type="date"
        label={texts.from}
        value={draft.from ?? ''}
        onValue={(from) => change({ from })}
        optional
      />
      <TextField
        type="date"
        label={texts.to}
        value={draft.to ?? ''}
        onValue={(to) => change({ to })}
        optional
      />
      <fieldset class="stack">
        <legend class="field-label">{texts.forNetworks}</legend>
        <p class="field-hint">{texts.forNetworksHint}</p>
        {labels.map((label) => (
          <Checkbox
            key={label}
            label={networkName(words, label)}
            checked={draft.networks.includes(label)}
            onChecked={(on) => change({ networks: toggled(draft.networks, label, on) })}
          />
        ))}
      </fieldset>
      <Select<MeetingMode>
        label={texts.entry}
        options={modes}
        value={draft.meetings.entry}
        onValue={(entry) => rule({ entry })}
        error={said('entry')}
      />
      <Select<MeetingMode>
        label={texts.ceiling}
        options={modes}
        value={draft.meetings.ceiling}
        onValue={(ceiling) => rule({ ceiling })}
      />
      <Checkbox
        label={texts.urgent}
        hint={texts.urgentHint}
        checked={draft.meetings.urgent}
        onChecked={(urgent) => rule({ urgent })}
      />
      <Checkbox
        label={texts.waits}
        hint={texts.waitsHint}
        checked={draft.wait.length > 0}
        onChecked={(on) => change({ wait: on ? ['bulk', 'background'] : [] })}
      />
    </Dialog>
  );
}
