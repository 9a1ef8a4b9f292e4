import { useInfiniteQuery } from '../../lib/query';
import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { api, sentenceOf } from '../../lib/api/client';
import { queryClient } from '../../lib/api/queries';
import type { AdminPerson, ChangePerson, InstanceRole } from '../../lib/api/schema';
import { useSettled } from '../../lib/debounce';
import { day } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { Avatar, Tag } from '../../ui/display';
import { Banner, EmptyState, Skeleton } from '../../ui/feedback';
import { InlineSelect, SearchField } from '../../ui/field';
import { userPlusIcon } from '../../ui/icons';
import { Table } from '../../ui/table';
import { adminTexts } from './i18n';
import { NewPersonDialog } from './new-person-dialog';

const peopleKey = ['admin', 'people'];
export const refreshPeople = () => queryClient.invalidateQueries({ queryKey: peopleKey });

type State = Exclude<AdminPerson['state'], 'invited'>;
const states: State[] = ['active', 'suspended', 'deactivated'];
const roles: InstanceRole[] = ['none', 'administrator', 'auditor'];

function useChange(person: AdminPerson) {
  const texts = useText(adminTexts);
  return useAction((change: ChangePerson) => api.patch<AdminPerson>(`/admin/people/${person.id}`, change), {
    done: texts.changed(person.name),
    onDone: refreshPeople,
  });
}

function StateCell({ person }: { person: AdminPerson }) {
  const texts = useText(adminTexts);
  const change = useChange(person);
  if (person.state === 'invited') return <Tag tone="info">{texts.states.invited}</Tag>;
  return (
    <InlineSelect<State>
      label={texts.stateOf(person.name)}
      options={states.map((value) => ({ value, label: texts.states[value] }))}
      value={person.state}
      disabled={change.busy}
      onValue={(state) => change.run({ state })}
    />
  );
}

function RoleCell({ person }: { person: AdminPerson }) {
  const texts = useText(adminTexts);
  const change = useChange(person);
  if (person.kind === 'external') return <span class="muted">{texts.roles.none}</span>;
  return (
    <InlineSelect<InstanceRole>
      label={texts.roleOf(person.name)}
      options={roles.map((value) => ({ value, label: texts.roles[value] }))}
      value={person.instance_role}
      disabled={change.busy}
      onValue={(instance_role) => change.run({ instance_role })}
    />
  );
}

function PersonCell({ person }: { person: AdminPerson }) {
  const texts = useText(adminTexts);
  return (
    <span class="row">
      <Avatar id={person.id} name={person.name} />
      <span class="grow">
        <span class="strong">{person.name}</span>{' '}
        {person.kind === 'external' ? (
          <Tag tone="accent">{texts.external}</Tag>
        ) : (
          person.administration && <Tag>{person.administration}</Tag>
        )}
        <span class="small muted">
          <br />
          {person.email}
        </span>
      </span>
    </span>
  );
}

export function PeopleSection() {
  const texts = useText(adminTexts);
  const [query, setQuery] = useState('');
  const [creating, setCreating] = useState(false);
  const q = useSettled(query.trim(), 200);
  const pages = useInfiniteQuery({
    queryKey: [...peopleKey, q],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ people: AdminPerson[]; next?: string }>('/admin/people', {
        query: { q, after: pageParam },
        signal,
      }),
    keepPrevious: true,
  });
  const people = (pages.data?.pages ?? []).flatMap((page) => page.people);
  return (
    <>
      <div class="row row-wrap">
        <SearchField label={texts.searchPeople} value={query} onValue={setQuery} />
        <span class="grow" />
        <Button
          variant="primary"
          icon={userPlusIcon}
          aria-haspopup="dialog"
          onClick={() => setCreating(true)}
        >
          {texts.newPerson}
        </Button>
      </div>
      {pages.error && <Banner tone="danger">{sentenceOf(pages.error)}</Banner>}
      {!pages.data && !pages.error && <Skeleton lines={4} />}
      {pages.data && people.length === 0 && <EmptyState>{texts.none}</EmptyState>}
      {people.length > 0 && (
        <div class="card table-card">
          <Table
            caption={texts.people}
            rows={people}
            rowKey={(person) => person.id}
            columns={[
              {
                key: 'name',
                title: texts.name,
                order: (person) => person.name,
                cell: (person) => <PersonCell person={person} />,
              },
              {
                key: 'state',
                title: texts.state,
                order: (p) => p.state,
                cell: (p) => <StateCell person={p} />,
              },
              {
                key: 'role',
                title: texts.role,
                order: (p) => p.instance_role,
                cell: (p) => <RoleCell person={p} />,
              },
              {
                key: 'since',
                title: texts.since,
                order: (p) => p.created_at,
                cell: (p) => day(p.created_at),
              },
            ]}
          />
        </div>
      )}
      {pages.hasNextPage && (
        <div>
          <Button busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {texts.more}
          </Button>
        </div>
      )}
      {creating && <NewPersonDialog onClose={() => setCreating(false)} />}
    </>
  );
}
