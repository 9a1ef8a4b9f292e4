import { useState } from 'preact/hooks';
import { useLocation } from 'wouter';
import { useAction } from '../../../lib/action';
import { api } from '../../../lib/api/client';
import { refreshSpaces } from '../../../lib/api/queries';
import type { Space } from '../../../lib/api/schema';
import { useText } from '../../../lib/i18n';
import { spacePath } from '../../../lib/paths';
import { Button } from '../../../ui/button';
import { ConfirmDialog } from '../../../ui/confirm';
import { Dialog } from '../../../ui/dialog';
import { Section } from '../../../ui/display';
import { Banner } from '../../../ui/feedback';
import { TextField } from '../../../ui/field';
import { HandOverDialog } from './hand-over-dialog';
import { settingsTexts } from './i18n';

function DuplicateDialog({ space, onClose }: { space: Space; onClose: () => void }) {
  const texts = useText(settingsTexts);
  const [, go] = useLocation();
  const [name, setName] = useState(texts.copyOf(space.name));
  const duplicate = useAction(
    (copy: string) => api.post<Space>(`/spaces/${space.id}/duplicate`, { name: copy }),
    {
      done: (copy) => texts.duplicated(copy.name),
      quiet: true,
      onDone: async (copy) => {
        await refreshSpaces();
        go(spacePath(copy));
      },
    },
  );
  return (
    <Dialog
      title={texts.duplicate}
      onClose={onClose}
      onSubmit={() => name.trim() !== '' && duplicate.run(name.trim())}
      footer={
        <>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" variant="primary" busy={duplicate.busy}>
            {texts.duplicate}
          </Button>
        </>
      }
    >
      <p>{texts.duplicateDetail}</p>
      <TextField
        label={texts.duplicateName}
        value={name}
        onValue={setName}
        error={name.trim() === '' ? texts.nameMissing : duplicate.fieldError('name')}
      />
      {duplicate.formError('name') && <Banner tone="danger">{duplicate.formError('name')}</Banner>}
    </Dialog>
  );
}

type Act = 'archive' | 'duplicate' | 'hand-over';

export function Acts({ space }: { space: Space }) {
  const texts = useText(settingsTexts);
  const [act, setAct] = useState<Act>();
  const close = () => setAct(undefined);
  const archived = space.state === 'archived';
  const archive = useAction(
    (value: boolean) => api.post<Space>(`/spaces/${space.id}/archive`, { archived: value }),
    {
      done: archived ? texts.unarchived : texts.archived,
      onDone: async () => {
        close();
        await refreshSpaces();
      },
    },
  );
  return (
    <Section title={texts.acts} card>
      <ul class="act-list">
        {space.may.includes('space_duplicate') && (
          <li>
            <div>
              <div class="strong">{texts.duplicate}</div>
              <p class="small muted">{texts.duplicateDetail}</p>
            </div>
            <Button onClick={() => setAct('duplicate')}>{texts.duplicateAct}</Button>
          </li>
        )}
        {space.may.includes('space_hand_over') && (
          <li>
            <div>
              <div class="strong">{texts.handOver}</div>
              <p class="small muted">{texts.handOverDetail}</p>
            </div>
            <Button onClick={() => setAct('hand-over')}>{texts.handOverAct}</Button>
          </li>
        )}
        {space.may.includes('space_archive') && (
          <li>
            <div>
              <div class="strong">{texts.archive}</div>
              <p class="small muted">{texts.archiveDetail}</p>
            </div>
            {archived ? (
              <Button busy={archive.busy} onClick={() => archive.run(false)}>
                {texts.unarchiveAct}
              </Button>
            ) : (
              <Button variant="danger" onClick={() => setAct('archive')}>
                {texts.archiveAct}
              </Button>
            )}
          </li>
        )}
      </ul>
      {act === 'duplicate' && <DuplicateDialog space={space} onClose={close} />}
      {act === 'hand-over' && <HandOverDialog space={space} onClose={close} />}
      {act === 'archive' && (
        <ConfirmDialog
          title={texts.archiveTitle(space.name)}
          confirm={texts.archiveAct}
          danger
          busy={archive.busy}
          error={archive.problem}
          onConfirm={() => archive.run(true)}
          onClose={close}
        >
          <p>{texts.archiveDetail}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
