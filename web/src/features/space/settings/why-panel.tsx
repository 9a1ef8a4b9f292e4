import { useQuery } from '../../../lib/query';
import { useState } from 'preact/hooks';
import { api, sentenceOf } from '../../../lib/api/client';
import { keys } from '../../../lib/api/queries';
import type { AccessExplanation, Space } from '../../../lib/api/schema';
import { useText } from '../../../lib/i18n';
import { spaceWords } from '../../../lib/spaces/words';
import { Avatar, Section } from '../../../ui/display';
import { Banner, Loading } from '../../../ui/feedback';
import { Select } from '../../../ui/field';
import { Table } from '../../../ui/table';
import { settingsTexts } from './i18n';

const actions = [
  'space_read',
  'message_read',
  'message_send',
  'file_read',
  'file_add',
  'member_list',
  'member_add',
  'space_update',
] as const;

type Explained = (typeof actions)[number];

export function WhyPanel({ space }: { space: Space }) {
  const texts = useText(settingsTexts);
  const words = useText(spaceWords);
  const [action, setAction] = useState<Explained>('space_read');
  const { data, error } = useQuery({
    queryKey: keys.space(space.slug, 'access', action),
    queryFn: () => api.get<AccessExplanation>(`/access/${action}`, { query: { space: space.id } }),
    keepPrevious: true,
  });
  return (
    <Section title={texts.why} card>
      <div class="stack">
        <p class="muted">{texts.whyDetail}</p>
        <Select<Explained>
          label={texts.action}
          options={actions.map((value) => ({ value, label: texts[value] }))}
          value={action}
          onValue={setAction}
        />
        {error && <Banner tone="danger">{sentenceOf(error)}</Banner>}
        {!data && !error && <Loading />}
        {data?.everyone && (
          <Banner tone="primary" title={texts.everyone}>
            {data.everyone.sentence}
          </Banner>
        )}
        {data && data.people.length === 0 && <p class="muted">{texts.nobody}</p>}
        {data && data.people.length > 0 && (
          <Table
            caption={texts.count(data.people.length)}
            showCaption
            rows={data.people}
            rowKey={(row) => row.person.id}
            columns={[
              {
                key: 'person',
                title: texts.person,
                order: (row) => row.person.name,
                cell: (row) => (
                  <span class="row">
                    <Avatar id={row.person.id} name={row.person.name} size="s" />
                    {row.person.name}
                  </span>
                ),
              },
              {
                key: 'role',
                title: texts.role,
                order: (row) => row.role ?? '',
                cell: (row) => (row.role ? words.role[row.role] : ''),
              },
              { key: 'reason', title: texts.reason, cell: (row) => row.sentence },
            ]}
          />
        )}
      </div>
    </Section>
  );
}
