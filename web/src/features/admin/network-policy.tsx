import { useState } from 'preact/hooks';
import { api, ApiError, sentenceOf } from '../../lib/api/client';
import { networkKey, queryClient } from '../../lib/api/queries';
import type { NetworkPolicyDocument, NetworkPolicyVersion, NetworkWindow } from '../../lib/api/schema';
import { useAction } from '../../lib/action';
import { dateTime } from '../../lib/format';
import { useText } from '../../lib/i18n';
import {
  emptyWindow,
  meetingsInWords,
  networksFromText,
  networksToText,
  networkTexts,
  windowInWords,
  wordsOf,
} from '../../lib/network-policy';
import { useQuery } from '../../lib/query';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { List, ListRow, Section } from '../../ui/display';
import { Banner, Skeleton } from '../../ui/feedback';
import { Select, TextArea, TextField } from '../../ui/field';
import { plusIcon } from '../../ui/icons';
import { policyAdminTexts } from './network-policy-i18n';
import { WindowDialog } from './network-window-dialog';

const policyKey = ['admin', 'network-policy'];
const historyKey = [...policyKey, 'history'];

type Mistakes = ApiError['errors'];

/** The sentences of the mistakes under one place of the document. */
const mistakesAt = (mistakes: Mistakes, place: string): string | undefined => {
  const found = mistakes.filter(
    ({ field }) => field === place || field.startsWith(`${place}[`) || field.startsWith(`${place}.`),
  );
  return found.length > 0 ? [...new Set(found.map(({ message }) => message))].join(' ') : undefined;
};

function Editor({ current, onSaved }: { current: NetworkPolicyVersion; onSaved: () => void }) {
  const texts = useText(policyAdminTexts);
  const words = useText(networkTexts);
  const [windows, setWindows] = useState(current.policy.windows);
  const [networks, setNetworks] = useState(networksToText(current.policy.networks));
  const [holidays, setHolidays] = useState(current.policy.holidays);
  const [daysOff, setDaysOff] = useState(current.policy.days_off.join('\n'));
  const [note, setNote] = useState('');
  const [edited, setEdited] = useState<{ at: number; window: NetworkWindow }>();
  const [mistakes, setMistakes] = useState<Mistakes>([]);
  const save = useAction(
    async (policy: NetworkPolicyDocument) => {
      setMistakes([]);
      try {
        return await api.put<NetworkPolicyVersion>('/admin/network-policy', {
          version: current.version,
          note,
          policy,
        });
      } catch (error) {
        if (error instanceof ApiError) setMistakes(error.errors);
        throw error;
      }
    },
    { quiet: true, done: texts.saved, onDone: onSaved },
  );
  const keep = (at: number, window: NetworkWindow) => {
    setWindows(
      at < windows.length ? windows.map((one, i) => (i === at ? window : one)) : [...windows, window],
    );
    setEdited(undefined);
  };
  return (
    <form
      class="stack stack-l"
      onSubmit={(event) => {
        event.preventDefault();
        save.run({ networks: networksFromText(networks), holidays, days_off: wordsOf(daysOff), windows });
      }}
    >
      <Section
        title={texts.windows}
        action={
          <Button
            small
            icon={plusIcon}
            aria-haspopup="dialog"
            onClick={() => setEdited({ at: windows.length, window: emptyWindow('') })}
          >
            {texts.addWindow}
          </Button>
        }
      >
        {windows.length === 0 && <p class="muted">{texts.noWindow}</p>}
        {windows.length > 0 && (
          <List label={texts.windows}>
            {windows.map((window, at) => (
              <ListRow
                key={at}
                title={window.name}
                detail={
                  <>
                    {windowInWords(words, window)}. {meetingsInWords(words, window)}
                    {mistakesAt(mistakes, `windows[${at}]`) && (
                      <span class="field-error">{mistakesAt(mistakes, `windows[${at}]`)}</span>
                    )}
                  </>
                }
                actions={
                  <>
                    <Button
                      small
                      aria-label={texts.editOf(window.name)}
                      onClick={() => setEdited({ at, window })}
                    >
                      {texts.edit}
                    </Button>
                    <Button
                      small
                      variant="danger"
                      aria-label={texts.removeOf(window.name)}
                      onClick={() => setWindows(windows.filter((_, i) => i !== at))}
                    >
                      {texts.remove}
                    </Button>
                  </>
                }
              />
            ))}
          </List>
        )}
      </Section>
      <Section title={texts.networks} card>
        <TextArea
          label={texts.ranges}
          hint={texts.rangesHint}
          value={networks}
          onValue={setNetworks}
          spellcheck={false}
          error={mistakesAt(mistakes, 'networks')}
        />
      </Section>
      <Section title={texts.daysOff} card>
        <div class="stack">
          <Select
            label={texts.calendar}
            options={[
              { value: 'fr', label: texts.calendars.fr },
              { value: 'none', label: texts.calendars.none },
            ]}
            value={holidays}
            onValue={setHolidays}
          />
          <TextArea
            label={texts.furtherDays}
            hint={texts.furtherDaysHint}
            value={daysOff}
            onValue={setDaysOff}
            spellcheck={false}
            optional
            error={mistakesAt(mistakes, 'days_off')}
          />
        </div>
      </Section>
      <TextField
        label={texts.note}
        hint={texts.noteHint}
        value={note}
        onValue={setNote}
        maxLength={200}
        optional
      />
      {save.problem && <Banner tone="danger">{save.problem}</Banner>}
      <div class="row">
        <Button type="submit" variant="primary" busy={save.busy}>
          {texts.save}
        </Button>
      </div>
      {edited && (
        <WindowDialog
          window={edited.window}
          networks={[...new Set(networksFromText(networks).map(({ label }) => label))]}
          onKeep={(window) => keep(edited.at, window)}
          onClose={() => setEdited(undefined)}
        />
      )}
    </form>
  );
}

function OldVersion({ version, onClose }: { version: number; onClose: () => void }) {
  const texts = useText(policyAdminTexts);
  const words = useText(networkTexts);
  const { data, error } = useQuery({
    queryKey: [...historyKey, version],
    queryFn: () => api.get<NetworkPolicyVersion>(`/admin/network-policy/history/${version}`),
  });
  return (
    <Dialog title={texts.version(version)} wide onClose={onClose}>
      {error && <Banner tone="danger">{sentenceOf(error)}</Banner>}
      {data?.policy.windows.map((window, at) => (
        <p key={at}>
          <span class="strong">{window.name}</span> : {windowInWords(words, window)}.{' '}
          {meetingsInWords(words, window)}
        </p>
      ))}
      {data && <p class="muted">{networksToText(data.policy.networks).split('\n').join(' · ')}</p>}
    </Dialog>
  );
}

function History() {
  const texts = useText(policyAdminTexts);
  const [shown, setShown] = useState<number>();
  const { data } = useQuery({
    queryKey: historyKey,
    queryFn: () =>
      api.get<{ versions: Omit<NetworkPolicyVersion, 'policy'>[] }>('/admin/network-policy/history'),
  });
  if (!data) return null;
  return (
    <Section title={texts.history}>
      <List label={texts.history}>
        {data.versions.map((version) => (
          <ListRow
            key={version.version}
            title={texts.version(version.version)}
            detail={[version.author?.name ?? texts.byHouse, dateTime(version.updated_at), version.note]
              .filter(Boolean)
              .join(' · ')}
            actions={
              <Button
                small
                aria-haspopup="dialog"
                aria-label={texts.seeVersion(version.version)}
                onClick={() => setShown(version.version)}
              >
                {texts.see}
              </Button>
            }
          />
        ))}
      </List>
      {shown !== undefined && <OldVersion version={shown} onClose={() => setShown(undefined)} />}
    </Section>
  );
}

/** The network policy of the house: windows, networks, days off; every version is kept. */
export function NetworkPolicySection() {
  const texts = useText(policyAdminTexts);
  const { data, error } = useQuery({
    queryKey: policyKey,
    queryFn: () => api.get<NetworkPolicyVersion>('/admin/network-policy'),
  });
  const refresh = async () => {
    await queryClient.invalidateQueries({ queryKey: policyKey });
    await queryClient.invalidateQueries({ queryKey: networkKey });
    await queryClient.invalidateQueries({ queryKey: ['network-policy'] });
  };
  if (error) return <Banner tone="danger">{sentenceOf(error)}</Banner>;
  if (!data) return <Skeleton lines={4} />;
  return (
    <div class="stack stack-l">
      <p class="muted">
        {texts.lead} {texts.overrides(data.recent_overrides ?? 0)}
      </p>
      <Editor key={data.version} current={data} onSaved={refresh} />
      <History />
    </div>
  );
}
