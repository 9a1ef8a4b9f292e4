import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { api } from '../../lib/api/client';
import { keys, queryClient } from '../../lib/api/queries';
import type { ChangeMe, Me } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { Avatar, Section } from '../../ui/display';
import { Banner } from '../../ui/feedback';
import { TextField } from '../../ui/field';
import { prefTexts } from './i18n';

export async function changeMe(change: ChangeMe): Promise<Me> {
  const me = await api.patch<Me>('/me', change);
  queryClient.setQueryData(keys.me, me);
  return me;
}

export function ProfileSection({ me }: { me: Me }) {
  const texts = useText(prefTexts);
  const { person } = me;
  const [form, setForm] = useState({
    name: person.name,
    given_name: person.given_name,
    family_name: person.family_name,
    title: person.title ?? '',
    phone: person.phone ?? '',
  });
  const change = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const save = useAction(changeMe, { done: texts.saved, quiet: true });
  const missing = form.name.trim() === '';
  const problem = save.formError('name', 'given_name', 'family_name', 'title', 'phone');
  return (
    <Section title={texts.profile} card>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) save.run(form);
        }}
      >
        <div class="row settings-identity">
          <Avatar id={person.id} name={form.name || person.name} size="l" />
          <div class="grow">
            <div class="strong">{person.name}</div>
            <div class="small muted">{[person.title, person.administration].filter(Boolean).join(' · ')}</div>
          </div>
        </div>
        <TextField
          label={texts.displayName}
          hint={texts.displayNameHint}
          required
          autocomplete="name"
          value={form.name}
          onValue={(name) => change({ name })}
          error={missing ? texts.missing : save.fieldError('name')}
        />
        <div class="settings-pair">
          <TextField
            label={texts.givenName}
            autocomplete="given-name"
            value={form.given_name}
            onValue={(given_name) => change({ given_name })}
            error={save.fieldError('given_name')}
          />
          <TextField
            label={texts.familyName}
            autocomplete="family-name"
            value={form.family_name}
            onValue={(family_name) => change({ family_name })}
            error={save.fieldError('family_name')}
          />
          <TextField
            label={texts.jobTitle}
            optional
            autocomplete="organization-title"
            value={form.title}
            onValue={(title) => change({ title })}
            error={save.fieldError('title')}
          />
          <TextField
            label={texts.phone}
            optional
            type="tel"
            autocomplete="tel"
            value={form.phone}
            onValue={(phone) => change({ phone })}
            error={save.fieldError('phone')}
          />
        </div>
        <TextField
          label={texts.email}
          hint={texts.emailHint}
          readOnly
          value={person.email}
          onValue={() => undefined}
        />
        <div class="field">
          <span class="field-label">{texts.matrixId}</span>
          <span class="field-hint">{texts.matrixHint}</span>
          <span class="read-only">{person.matrix_id}</span>
        </div>
        {problem && <Banner tone="danger">{problem}</Banner>}
        <div>
          <Button type="submit" variant="primary" busy={save.busy}>
            {texts.save}
          </Button>
        </div>
      </form>
    </Section>
  );
}
