import { useState } from 'preact/hooks';
import { useAction } from '../../../lib/action';
import { api } from '../../../lib/api/client';
import { refreshSpaces } from '../../../lib/api/queries';
import type { AddMembers, AddMembersOutcome, Role, Space } from '../../../lib/api/schema';
import { useText } from '../../../lib/i18n';
import { spaceWords } from '../../../lib/spaces/words';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Tag } from '../../../ui/display';
import { Banner, type Tone } from '../../../ui/feedback';
import { Select, TextArea } from '../../../ui/field';
import { membersTexts } from './i18n';
import { agentRoles, mayOpenToExternals } from './rules';

type Line = AddMembersOutcome['lines'][number];

const tones: Record<Line['outcome'], Tone> = {
  added: 'ok',
  already: 'neutral',
  invited: 'info',
  refused: 'danger',
};

function Outcome({ lines }: { lines: Line[] }) {
  const texts = useText(membersTexts);
  const names = {
    added: texts.added,
    already: texts.already,
    invited: texts.invited,
    refused: texts.lineRefused,
  };
  return (
    <>
      <p role="status">{texts.outcome(lines.length)}</p>
      <ul class="stack person-list">
        {lines.map((line) => (
          <li key={line.address} class="row row-wrap">
            <span class="grow">
              <span class="strong">{line.person?.name ?? line.address}</span>
              {line.person && <span class="small muted"> {line.address}</span>}
              {line.problem && <span class="small muted block">{line.problem.title}</span>}
            </span>
            <Tag tone={tones[line.outcome]}>{names[line.outcome]}</Tag>
          </li>
        ))}
      </ul>
    </>
  );
}

interface AddDialogProps {
  space: Space;
  onOpenToExternals: () => void;
  onClose: () => void;
}

/** Each address is answered on its own line: one that is wrong does not lose the others. */
export function AddDialog({ space, onOpenToExternals, onClose }: AddDialogProps) {
  const texts = useText(membersTexts);
  const words = useText(spaceWords);
  const [addresses, setAddresses] = useState('');
  const [role, setRole] = useState<Role>('contributor');
  const [missing, setMissing] = useState(false);
  const [lines, setLines] = useState<Line[]>();
  const add = useAction(
    (body: AddMembers) => api.post<AddMembersOutcome>(`/spaces/${space.id}/members`, body),
    {
      quiet: true,
      onDone: async (outcome) => {
        setLines(outcome.lines);
        await refreshSpaces();
      },
    },
  );
  const submit = () => {
    setMissing(addresses.trim() === '');
    if (addresses.trim() !== '') add.run({ addresses, role });
  };
  const mayOpen = mayOpenToExternals(space);
  if (lines) {
    return (
      <Dialog
        title={texts.addTitle}
        onClose={onClose}
        footer={
          <Button variant="primary" onClick={onClose}>
            {texts.close}
          </Button>
        }
      >
        <Outcome lines={lines} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={texts.addTitle}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" variant="primary" busy={add.busy}>
            {texts.addSubmit}
          </Button>
        </>
      }
    >
      <TextArea
        label={texts.addresses}
        hint={texts.addressesHint}
        value={addresses}
        onValue={setAddresses}
        spellcheck={false}
        error={missing ? texts.addressesMissing : add.fieldError('addresses')}
      />
      <Select<Role>
        label={texts.newRole}
        hint={words.roleDetail[role]}
        options={agentRoles.map((value) => ({ value, label: words.role[value] }))}
        value={role}
        onValue={setRole}
      />
      {!space.open_to_externals && (
        <Banner
          tone="info"
          action={
            mayOpen && (
              <Button
                small
                onClick={() => {
                  onClose();
                  onOpenToExternals();
                }}
              >
                {texts.openAct}
              </Button>
            )
          }
        >
          {space.visibility === 'open' ? texts.externalsNever : texts.externalsClosed}
        </Banner>
      )}
      {add.formError('addresses') && <Banner tone="danger">{add.formError('addresses')}</Banner>}
    </Dialog>
  );
}
