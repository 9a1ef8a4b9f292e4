import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { api } from '../../lib/api/client';
import type { AdminPerson, NewPerson } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Banner } from '../../ui/feedback';
import { PasswordField, TextField } from '../../ui/field';
import { adminTexts } from './i18n';
import { refreshPeople } from './people';

const blank = { email: '', given_name: '', family_name: '', title: '', password: '' };

export function NewPersonDialog({ onClose }: { onClose: () => void }) {
  const texts = useText(adminTexts);
  const [form, setForm] = useState(blank);
  const [checked, setChecked] = useState(false);
  const change = (part: Partial<typeof blank>) => setForm({ ...form, ...part });
  const create = useAction((person: NewPerson) => api.post<AdminPerson>('/admin/people', person), {
    quiet: true,
    done: (person) => texts.created(person.name),
    onDone: async () => {
      onClose();
      await refreshPeople();
    },
  });
  const needed = (value: string) => (checked && value.trim() === '' ? texts.missing : undefined);
  const submit = () => {
    setChecked(true);
    const { email, given_name, family_name, title, password } = form;
    if ([email, given_name, family_name].some((value) => value.trim() === '')) return;
    create.run({
      email: email.trim(),
      name: `${given_name.trim()} ${family_name.trim()}`,
      given_name: given_name.trim(),
      family_name: family_name.trim(),
      ...(title.trim() && { title: title.trim() }),
      ...(password && { password }),
    });
  };
  const problem = create.formError('email', 'given_name', 'family_name', 'title', 'password');
  return (
    <Dialog
      title={texts.newPerson}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" variant="primary" busy={create.busy}>
            {texts.create}
          </Button>
        </>
      }
    >
      <TextField
        label={texts.email}
        type="email"
        autocomplete="off"
        value={form.email}
        onValue={(email) => change({ email })}
        error={needed(form.email) ?? create.fieldError('email')}
      />
      <TextField
        label={texts.givenName}
        value={form.given_name}
        onValue={(given_name) => change({ given_name })}
        error={needed(form.given_name) ?? create.fieldError('given_name')}
      />
      <TextField
        label={texts.familyName}
        value={form.family_name}
        onValue={(family_name) => change({ family_name })}
        error={needed(form.family_name) ?? create.fieldError('family_name')}
      />
      <TextField
        label={texts.jobTitle}
        optional
        value={form.title}
        onValue={(title) => change({ title })}
        error={create.fieldError('title')}
      />
      <PasswordField
        label={texts.password}
        hint={texts.passwordHint}
        autocomplete="new-password"
        value={form.password}
        onValue={(password) => change({ password })}
        error={create.fieldError('password')}
      />
      {problem && <Banner tone="danger">{problem}</Banner>}
    </Dialog>
  );
}
