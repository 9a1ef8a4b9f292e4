import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { api } from '../../lib/api/client';
import type { ChangePassword, Me } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { Section } from '../../ui/display';
import { Banner } from '../../ui/feedback';
import { PasswordField } from '../../ui/field';
import { prefTexts } from './i18n';

const shortest = 12;

export function PasswordSection({ me }: { me: Me }) {
  const texts = useText(prefTexts);
  const [form, setForm] = useState<ChangePassword>({ current: '', password: '' });
  const [checked, setChecked] = useState(false);
  const change = useAction((body: ChangePassword) => api.post('/me/password', body), {
    done: texts.passwordChanged,
    quiet: true,
    onDone: () => {
      setForm({ current: '', password: '' });
      setChecked(false);
    },
  });
  const currentError = form.current === '' ? texts.missing : undefined;
  const passwordError = form.password.length < shortest ? texts.tooShort : undefined;
  const problem = change.formError('current', 'password');
  return (
    <Section title={texts.password} card>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(true);
          if (!currentError && !passwordError) change.run(form);
        }}
      >
        {/* Password managers need to know whose password this is. */}
        <input type="text" hidden readOnly autocomplete="username" value={me.person.email} />
        <PasswordField
          label={texts.currentPassword}
          autocomplete="current-password"
          value={form.current}
          onValue={(current) => setForm({ ...form, current })}
          error={(checked && currentError) || change.fieldError('current')}
        />
        <PasswordField
          label={texts.newPassword}
          hint={texts.newPasswordHint}
          autocomplete="new-password"
          value={form.password}
          onValue={(password) => setForm({ ...form, password })}
          error={(checked && passwordError) || change.fieldError('password')}
        />
        {problem && <Banner tone="danger">{problem}</Banner>}
        <div>
          <Button type="submit" variant="primary" busy={change.busy}>
            {texts.changePassword}
          </Button>
        </div>
      </form>
    </Section>
  );
}
