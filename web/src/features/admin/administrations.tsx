import { useQuery } from '../../lib/query';
import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { api, sentenceOf } from '../../lib/api/client';
import { queryClient } from '../../lib/api/queries';
import type { Administration } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { IconTile, List, ListRow } from '../../ui/display';
import { Banner, EmptyState, Skeleton } from '../../ui/feedback';
import { TextArea, TextField } from '../../ui/field';
import { building2Icon, plusIcon } from '../../ui/icons';
import { adminTexts } from './i18n';

const listKey = ['admin', 'administrations'];

type Draft = Omit<Administration, 'id'> & { id?: string };

const splitDomains = (text: string): string[] => text.split(/[\s,;]+/).filter((domain) => domain !== '');

function EditDialog({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const texts = useText(adminTexts);
  const [name, setName] = useState(draft.name);
  const [shortName, setShortName] = useState(draft.short_name);
  const [domains, setDomains] = useState(draft.domains.join('\n'));
  const [checked, setChecked] = useState(false);
  const save = useAction(
    ({ id, ...body }: Draft) =>
      id ? api.put(`/admin/administrations/${id}`, body) : api.post('/admin/administrations', body),
    {
      quiet: true,
      done: texts.saved,
      onDone: async () => {
        onClose();
        await queryClient.invalidateQueries({ queryKey: listKey });
      },
    },
  );
  const needed = (value: string) => (checked && value.trim() === '' ? texts.missing : undefined);
  const submit = () => {
    setChecked(true);
    if (name.trim() === '' || shortName.trim() === '') return;
    const body = { name: name.trim(), short_name: shortName.trim(), domains: splitDomains(domains) };
    save.run(draft.id ? { id: draft.id, ...body } : body);
  };
  const problem = save.formError('name', 'short_name', 'domains');
  return (
    <Dialog
      title={draft.id ? texts.editOf(draft.name) : texts.newAdministration}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" variant="primary" busy={save.busy}>
            {texts.save}
          </Button>
        </>
      }
    >
      <TextField
        label={texts.name}
        value={name}
        onValue={setName}
        error={needed(name) ?? save.fieldError('name')}
      />
      <TextField
        label={texts.shortName}
        value={shortName}
        onValue={setShortName}
        error={needed(shortName) ?? save.fieldError('short_name')}
      />
      <TextArea
        label={texts.domains}
        hint={texts.domainsHint}
        value={domains}
        onValue={setDomains}
        spellcheck={false}
        error={save.fieldError('domains')}
      />
      {problem && <Banner tone="danger">{problem}</Banner>}
    </Dialog>
  );
}

export function AdministrationsSection() {
  const texts = useText(adminTexts);
  const [draft, setDraft] = useState<Draft>();
  const { data, error } = useQuery({
    queryKey: listKey,
    queryFn: () => api.get<{ administrations: Administration[] }>('/admin/administrations'),
  });
  return (
    <>
      <div class="row row-wrap">
        <p class="muted grow lead-beside">{texts.adminLead}</p>
        <Button
          variant="primary"
          icon={plusIcon}
          aria-haspopup="dialog"
          onClick={() => setDraft({ name: '', short_name: '', domains: [] })}
        >
          {texts.newAdministration}
        </Button>
      </div>
      {error && <Banner tone="danger">{sentenceOf(error)}</Banner>}
      {!data && !error && <Skeleton lines={3} />}
      {data?.administrations.length === 0 && <EmptyState>{texts.noAdministration}</EmptyState>}
      {data && data.administrations.length > 0 && (
        <List label={texts.administrations}>
          {data.administrations.map((item) => (
            <ListRow
              key={item.id}
              leading={<IconTile icon={building2Icon} tone="primary" />}
              title={`${item.name} (${item.short_name})`}
              detail={item.domains.length > 0 ? item.domains.join(', ') : texts.domainsCount(0)}
              actions={
                <Button small aria-label={texts.editOf(item.name)} onClick={() => setDraft(item)}>
                  {texts.edit}
                </Button>
              }
            />
          ))}
        </List>
      )}
      {draft && <EditDialog draft={draft} onClose={() => setDraft(undefined)} />}
    </>
  );
}
