import { useState } from 'preact/hooks';
import { useAction } from '../../../lib/action';
import type { DocumentMeta, DocumentVersion } from '../../../lib/api/schema';
import { useText } from '../../../lib/i18n';
import { Button } from '../../../ui/button';
import { Checkbox } from '../../../ui/choice';
import { ConfirmDialog } from '../../../ui/confirm';
import { Dialog } from '../../../ui/dialog';
import { Banner } from '../../../ui/feedback';
import { TextField } from '../../../ui/field';
import { historyTexts } from './i18n';
import { keepVersion, restoreVersion } from './queries';

const longestName = 100;

/** Names the text as it is now. To freeze it takes a second, explicit yes. */
export function NameDialog({ meta, onClose }: { meta: DocumentMeta; onClose: () => void }) {
  const texts = useText(historyTexts);
  const [name, setName] = useState('');
  const [frozen, setFrozen] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const keep = useAction(() => keepVersion(meta.id, { name: name.trim(), frozen }), {
    quiet: true,
    done: (version) => texts.kept(version.name),
    onDone: onClose,
  });
  if (confirming)
    return (
      <ConfirmDialog
        title={texts.freezeTitle}
        confirm={texts.freezeConfirm}
        acknowledge={texts.freezeRead}
        busy={keep.busy}
        error={keep.problem}
        onConfirm={() => keep.run(undefined)}
        onClose={() => setConfirming(false)}
      >
        <p>{texts.freezeDetail(name.trim())}</p>
      </ConfirmDialog>
    );
  const submit = () => {
    if (name.trim() === '' || keep.busy) return;
    if (frozen) setConfirming(true);
    else keep.run(undefined);
  };
  return (
    <Dialog
      title={texts.name}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <Button variant="primary" type="submit" busy={keep.busy} disabled={name.trim() === ''}>
          {texts.keep}
        </Button>
      }
    >
      <TextField
        label={texts.nameLabel}
        hint={texts.nameHint}
        value={name}
        onValue={setName}
        maxLength={longestName}
        error={keep.fieldError('name')}
      />
      {meta.rights.manage && (
        <Checkbox label={texts.freeze} hint={texts.freezeHint} checked={frozen} onChecked={setFrozen} />
      )}
      {keep.formError('name') && <Banner tone="danger">{keep.formError('name')}</Banner>}
    </Dialog>
  );
}

interface RestoreProps {
  meta: DocumentMeta;
  version: DocumentVersion;
  onDone: () => void;
  onClose: () => void;
}

export function RestoreDialog({ meta, version, onDone, onClose }: RestoreProps) {
  const texts = useText(historyTexts);
  const restore = useAction(
    () => restoreVersion(meta.id, version.id, texts.before(version.name).slice(0, longestName)),
    { quiet: true, done: texts.restored(version.name), onDone },
  );
  return (
    <ConfirmDialog
      title={texts.restoreTitle(version.name)}
      confirm={texts.restoreConfirm}
      busy={restore.busy}
      error={restore.problem}
      onConfirm={() => restore.run(undefined)}
      onClose={onClose}
    >
      <p>{texts.restoreDetail}</p>
    </ConfirmDialog>
  );
}
