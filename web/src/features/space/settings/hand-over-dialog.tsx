import { useQuery } from '../../../lib/query';
import { useState } from 'preact/hooks';
import { useAction } from '../../../lib/action';
import { api } from '../../../lib/api/client';
import { keys, refreshSpaces, useMe } from '../../../lib/api/queries';
import type { Member, Space } from '../../../lib/api/schema';
import { useSettled } from '../../../lib/debounce';
import { useText } from '../../../lib/i18n';
import { Button } from '../../../ui/button';
import { Combobox } from '../../../ui/combobox';
import { Dialog } from '../../../ui/dialog';
import { Avatar } from '../../../ui/display';
import { Banner } from '../../../ui/feedback';
import { settingsTexts } from './i18n';

const mostShown = 6;

export function HandOverDialog({ space, onClose }: { space: Space; onClose: () => void }) {
  const texts = useText(settingsTexts);
  const { data: me } = useMe();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<Member>();
  const [missing, setMissing] = useState(false);
  const q = useSettled(query.trim(), 200);
  const { data } = useQuery({
    queryKey: keys.space(space.slug, 'members', q, 'hand-over'),
    queryFn: ({ signal }) =>
      api.get<{ members: Member[] }>(`/spaces/${space.id}/members`, { query: { q }, signal }),
    keepPrevious: true,
  });
  const handOver = useAction(
    (person: string) => api.post<Space>(`/spaces/${space.id}/hand-over`, { person }),
    {
      done: texts.handedOver,
      quiet: true,
      onDone: async () => {
        onClose();
        await refreshSpaces();
      },
    },
  );
  const candidates = (data?.members ?? []).filter(
    ({ person, pending }) => person.id !== me?.person.id && person.kind === 'agent' && !pending,
  );
  return (
    <Dialog
      title={texts.handOverTitle}
      onClose={onClose}
      onSubmit={() => {
        setMissing(!chosen);
        if (chosen) handOver.run(chosen.person.id);
      }}
      footer={
        <>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" variant="primary" busy={handOver.busy}>
            {texts.handOver}
          </Button>
        </>
      }
    >
      <p>{texts.handOverDetail}</p>
      <Combobox<Member>
        label={texts.handOverTo}
        hint={texts.handOverSearch}
        error={missing && !chosen ? texts.handOverMissing : undefined}
        query={query}
        onQuery={(value) => {
          setQuery(value);
          setChosen(undefined);
        }}
        options={candidates.slice(0, mostShown)}
        optionKey={(member) => member.person.id}
        optionText={(member) => member.person.name}
        renderOption={({ person }) => (
          <>
            <Avatar id={person.id} name={person.name} size="s" />
            <span class="grow">{person.name}</span>
            <span class="small muted">{person.administration}</span>
          </>
        )}
        chosen={chosen}
        onChoose={setChosen}
      />
      {handOver.problem && <Banner tone="danger">{handOver.problem}</Banner>}
    </Dialog>
  );
}
