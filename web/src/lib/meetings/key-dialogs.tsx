import { useState } from 'preact/hooks';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Banner, toast } from '../../ui/feedback';
import { TextField } from '../../ui/field';
import { copyIcon } from '../../ui/icons';
import { useAction } from '../action';
import { api } from '../api/client';
import type { MadeMeetingKey, MeetingKey, NewMeetingKey } from '../api/schema';
import { useText } from '../i18n';
import { keyTexts } from './key-texts';

interface FormProps {
  path: string;
  /** Absent: a new one. */
  edited?: MeetingKey;
  onDone: (made?: MadeMeetingKey) => void;
  onClose: () => void;
}

/** The last moment of a day, here. */
const endOf = (day: string) => new Date(`${day}T23:59:59`).getTime();

export function KeyFormDialog({ path, edited, onDone, onClose }: FormProps) {
  const texts = useText(keyTexts);
  const [name, setName] = useState(edited?.name ?? '');
  const [webhook, setWebhook] = useState(edited?.webhook_url ?? '');
  const [expires, setExpires] = useState('');
  const [checked, setChecked] = useState(false);
  const save = useAction(
    async (body: NewMeetingKey): Promise<MadeMeetingKey | undefined> => {
      if (!edited) return api.post<MadeMeetingKey>(path, body);
      await api.patch<MeetingKey>(`/meeting-keys/${edited.id}`, body);
      return undefined;
    },
    { quiet: true, ...(edited && { done: texts.saved }), onDone },
  );
  const submit = () => {
    setChecked(true);
    if (name.trim() === '') return;
    save.run({
      name: name.trim(),
      webhook_url: webhook.trim(),
      ...(expires && { expires_at: endOf(expires) }),
    });
  };
  const problem = save.formError('name', 'webhook_url', 'expires_at');
  return (
    <Dialog
      title={edited ? texts.editOf(edited.name) : texts.makeTitle}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" variant="primary" busy={save.busy}>
            {edited ? texts.save : texts.make}
          </Button>
        </>
      }
    >
      <TextField
        label={texts.name}
        hint={texts.nameHint}
        value={name}
        onValue={setName}
        error={checked && name.trim() === '' ? texts.nameMissing : save.fieldError('name')}
      />
      <TextField
        label={texts.webhook}
        hint={texts.webhookHint}
        optional
        placeholder="https://"
        spellcheck={false}
        value={webhook}
        onValue={setWebhook}
        error={save.fieldError('webhook_url')}
      />
      {!edited && (
        <TextField
          label={texts.expires}
          hint={texts.expiresHint}
          optional
          type="date"
          value={expires}
          onValue={setExpires}
          error={save.fieldError('expires_at')}
        />
      )}
      {problem && <Banner tone="danger">{problem}</Banner>}
    </Dialog>
  );
}

function Copied({ label, value }: { label: string; value: string }) {
  const texts = useText(keyTexts);
  const copy = () => void navigator.clipboard.writeText(value).then(() => toast(texts.copied));
  return (
    <div class="row row-end">
      <div class="grow">
        <TextField label={label} value={value} onValue={() => undefined} readOnly spellcheck={false} />
      </div>
      <Button icon={copyIcon} aria-label={texts.copyOf(label)} onClick={copy}>
        {texts.copy}
      </Button>
    </div>
  );
}

export function KeyMadeDialog({ made, onClose }: { made: MadeMeetingKey; onClose: () => void }) {
  const texts = useText(keyTexts);
  return (
    <Dialog
      title={texts.madeTitle}
      onClose={onClose}
      footer={
        <Button variant="primary" onClick={onClose}>
          {texts.close}
        </Button>
      }
    >
      <Banner tone="info">{texts.madeLead}</Banner>
      <Copied label={texts.server} value={location.origin} />
      <Copied label={texts.keyId} value={made.key.id} />
      <Copied label={texts.secret} value={made.secret} />
    </Dialog>
  );
}
