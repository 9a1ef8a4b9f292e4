import { useState } from 'preact/hooks';
import { useAction } from '../../../lib/action';
import { api } from '../../../lib/api/client';
import { refreshSpaces } from '../../../lib/api/queries';
import type { ChangeSpace, Joining, Space, Visibility } from '../../../lib/api/schema';
import { useText } from '../../../lib/i18n';
import { spaceWords } from '../../../lib/spaces/words';
import { Button } from '../../../ui/button';
import { RadioCards } from '../../../ui/choice';
import { Section } from '../../../ui/display';
import { Banner } from '../../../ui/feedback';
import { TextArea, TextField } from '../../../ui/field';
import { settingsTexts } from './i18n';

const visibilities: Visibility[] = ['open', 'closed', 'secret'];
const joinings: Joining[] = ['free', 'approval', 'invitation'];

export function IdentityForm({ space }: { space: Space }) {
  const texts = useText(settingsTexts);
  const words = useText(spaceWords);
  const [form, setForm] = useState({
    name: space.name,
    description: space.description,
    visibility: space.visibility,
    joining: space.joining,
  });
  const [nameMissing, setNameMissing] = useState(false);
  const change = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const save = useAction((body: ChangeSpace) => api.patch<Space>(`/spaces/${space.id}`, body), {
    done: texts.saved,
    quiet: true,
    onDone: refreshSpaces,
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const name = form.name.trim();
    setNameMissing(name === '');
    if (name !== '') save.run({ ...form, name, description: form.description.trim() });
  };
  const problem = save.formError('name', 'description');
  return (
    <Section title={texts.identity} card>
      <form class="stack" noValidate onSubmit={submit}>
        <TextField
          label={texts.name}
          required
          maxLength={120}
          value={form.name}
          onValue={(name) => change({ name })}
          error={nameMissing ? texts.nameMissing : save.fieldError('name')}
        />
        <TextArea
          label={texts.description}
          optional
          maxLength={2000}
          value={form.description}
          onValue={(description) => change({ description })}
          error={save.fieldError('description')}
        />
        <div class="settings-grid">
          <RadioCards
            legend={texts.who}
            options={visibilities.map((value) => ({
              value,
              label: words.visibility[value],
              detail: words.visibilityDetail[value],
              disabled: space.open_to_externals && value === 'open',
            }))}
            value={form.visibility}
            onValue={(visibility) =>
              change(visibility === 'secret' ? { visibility, joining: 'invitation' } : { visibility })
            }
          />
          <RadioCards
            legend={texts.how}
            options={joinings.map((value) => ({
              value,
              label: words.joining[value],
              detail: words.joiningDetail[value],
              disabled: form.visibility === 'secret' && value !== 'invitation',
            }))}
            value={form.joining}
            onValue={(joining) => change({ joining })}
          />
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
