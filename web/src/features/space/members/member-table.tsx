import { useState } from 'preact/hooks';
import { useAction } from '../../../lib/action';
import { api } from '../../../lib/api/client';
import { refreshSpaces, useMe } from '../../../lib/api/queries';
import type { Member, Role, Space } from '../../../lib/api/schema';
import { day } from '../../../lib/format';
import { useText } from '../../../lib/i18n';
import { spaceWords } from '../../../lib/spaces/words';
import { Button } from '../../../ui/button';
import { ConfirmDialog } from '../../../ui/confirm';
import { Avatar, Tag } from '../../../ui/display';
import { InlineSelect } from '../../../ui/field';
import { Table } from '../../../ui/table';
import { membersTexts } from './i18n';
import { agentRoles, externalRoles } from './rules';

function RoleCell({ space, member }: { space: Space; member: Member }) {
  const texts = useText(membersTexts);
  const words = useText(spaceWords);
  const { person } = member;
  const change = useAction(
    (role: Role) => api.put<Member>(`/spaces/${space.id}/members/${person.id}`, { role }),
    {
      done: (changed) => texts.roleChanged(person.name, words.role[changed.role]),
      onDone: refreshSpaces,
    },
  );
  if (!space.may.includes('member_set_role')) {
    return <span>{words.role[member.role]}</span>;
  }
  return (
    <InlineSelect<Role>
      label={texts.roleOf(person.name)}
      options={(person.kind === 'external' ? externalRoles : agentRoles).map((value) => ({
        value,
        label: words.role[value],
      }))}
      value={member.role}
      disabled={change.busy}
      onValue={change.run}
    />
  );
}

function RemoveCell({ space, member }: { space: Space; member: Member }) {
  const texts = useText(membersTexts);
  const { data: me } = useMe();
  const [asking, setAsking] = useState(false);
  const { person } = member;
  const remove = useAction(() => api.delete(`/spaces/${space.id}/members/${person.id}`), {
    done: texts.removed(person.name),
    quiet: true,
    onDone: async () => {
      setAsking(false);
      await refreshSpaces();
    },
  });
  if (!space.may.includes('member_remove') || person.id === me?.person.id) return null;
  return (
    <>
      <Button small aria-label={texts.removeOf(person.name)} onClick={() => setAsking(true)}>
        {texts.remove}
      </Button>
      {asking && (
        <ConfirmDialog
          title={texts.removeTitle(person.name)}
          confirm={texts.remove}
          danger
          busy={remove.busy}
          error={remove.problem}
          onConfirm={() => remove.run(undefined)}
          onClose={() => setAsking(false)}
        >
          <p>{texts.removeDetail}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function PersonCell({ member }: { member: Member }) {
  const texts = useText(membersTexts);
  const { person } = member;
  return (
    <span class="row">
      <Avatar id={person.id} name={person.name} />
      <span class="grow">
        <span class="strong">{person.name}</span>{' '}
        {person.kind === 'external' && <Tag tone="accent">{texts.external}</Tag>}{' '}
        {member.pending && <Tag tone="info">{texts.pending}</Tag>}
        <span class="small muted block">
          {[person.title, person.administration].filter(Boolean).join(' · ')}
        </span>
      </span>
    </span>
  );
}

export function MemberTable({ space, members }: { space: Space; members: Member[] }) {
  const texts = useText(membersTexts);
  return (
    <div class="card table-card">
      <Table
        caption={texts.members}
        rows={members}
        rowKey={(member) => member.person.id}
        columns={[
          {
            key: 'name',
            title: texts.name,
            order: (member) => member.person.name,
            cell: (member) => <PersonCell member={member} />,
          },
          {
            key: 'role',
            title: texts.role,
            order: (member) => member.role,
            cell: (member) => <RoleCell space={space} member={member} />,
          },
          {
            key: 'since',
            title: texts.since,
            order: (member) => member.since,
            cell: (member) => day(member.since),
          },
          {
            key: 'actions',
            title: texts.actions,
            quiet: true,
            cell: (member) => <RemoveCell space={space} member={member} />,
          },
        ]}
      />
    </div>
  );
}
