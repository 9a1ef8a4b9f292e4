import './spaces.css';
import { useQuery } from '../../lib/query';
import { useState } from 'preact/hooks';
import { useLocation } from 'wouter';
import { usePageTitle } from '../../lib/a11y/title';
import { useAction } from '../../lib/action';
import { api, sentenceOf } from '../../lib/api/client';
import { refreshSpaces, useMe } from '../../lib/api/queries';
import type { Joining, NewSpace, Space, SpaceKind, SpaceTemplate, Visibility } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { spacePath } from '../../lib/paths';
import { spaceWords } from '../../lib/spaces/words';
import { Button, ButtonLink } from '../../ui/button';
import { RadioCards } from '../../ui/choice';
import { Card, PageHeader } from '../../ui/display';
import { Banner, Loading } from '../../ui/feedback';
import { TextArea, TextField } from '../../ui/field';
import { directoryTexts } from './i18n';

const visibilities: Visibility[] = ['open', 'closed', 'secret'];
const joinings: Joining[] = ['free', 'approval', 'invitation'];

/** A secret space cannot be asked for: nobody outside knows it exists. */
const joiningsOf = (visibility: Visibility) => (visibility === 'secret' ? ['invitation' as const] : joinings);

function useTemplates(kind: SpaceKind) {
  return useQuery({
    queryKey: ['templates', kind],
    queryFn: () => api.get<{ templates: SpaceTemplate[] }>('/spaces/templates', { query: { kind } }),
    staleTime: Infinity,
  });
}

export function NewSpacePage({ kind }: { kind: SpaceKind }) {
  const texts = useText(directoryTexts);
  const { data: me } = useMe();
  const { data, error } = useTemplates(kind);
  const mayCreate = me?.may.includes(kind === 'project' ? 'project_create' : 'community_create') ?? false;
  const mayRequest = kind === 'community' && (me?.may.includes('community_request') ?? false);
  const asking = !mayCreate && mayRequest;
  const title = asking
    ? texts.newCommunityRequest
    : kind === 'community'
      ? texts.newCommunity
      : texts.newProject;
  usePageTitle(title);
  return (
    <div class="page page-narrow">
      <PageHeader title={title} detail={asking ? texts.requestLead : texts.createLead} />
      {error && <Banner tone="danger">{sentenceOf(error)}</Banner>}
      {me && !mayCreate && !mayRequest && <Banner tone="info">{texts.notAllowed}</Banner>}
      {!data && !error && <Loading />}
      {data && (mayCreate || mayRequest) && (
        <SpaceForm kind={kind} templates={data.templates} asking={asking} />
      )}
    </div>
  );
}

function SpaceForm({
  kind,
  templates,
  asking,
}: {
  kind: SpaceKind;
  templates: SpaceTemplate[];
  asking: boolean;
}) {
  const texts = useText(directoryTexts);
  const words = useText(spaceWords);
  const [, go] = useLocation();
  const first = templates[0];
  const [form, setForm] = useState<NewSpace>({
    kind,
    name: '',
    description: '',
    template: first?.id ?? '',
    visibility: first?.visibility ?? 'open',
    joining: first?.joining ?? 'approval',
    members: '',
  });
  const [nameError, setNameError] = useState<string>();
  const change = (part: Partial<NewSpace>) => setForm({ ...form, ...part });
  const create = useAction((space: NewSpace) => api.post<Space>('/spaces', space), {
    quiet: true,
    done: (space) => (space.state === 'requested' ? texts.requested : texts.created(space.name)),
    onDone: async (space) => {
      await refreshSpaces();
      go(spacePath(space));
    },
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const name = form.name.trim();
    setNameError(name === '' ? texts.nameMissing : undefined);
    if (name === '') {
      document.querySelector<HTMLInputElement>('input[name="name"]')?.focus();
      return;
    }
    create.run({ ...form, name, description: form.description.trim() });
  };
  const problem = create.formError('name', 'description', 'members');
  return (
    <form class="stack stack-l" noValidate onSubmit={submit}>
      {templates.length > 1 && (
        <RadioCards
          legend={texts.template}
          options={templates.map((template) => ({
            value: template.id,
            label: template.name,
            detail: (
              <>
                {template.description} <span>{texts.templateRooms(template.rooms.join(', '))}</span>
              </>
            ),
          }))}
          value={form.template}
          onValue={(id) => {
            const template = templates.find((item) => item.id === id);
            if (template)
              change({ template: id, visibility: template.visibility, joining: template.joining });
          }}
        />
      )}
      <Card>
        <div class="stack">
          <TextField
            label={texts.name}
            hint={texts.nameHint}
            name="name"
            required
            maxLength={120}
            value={form.name}
            onValue={(name) => change({ name })}
            error={nameError ?? create.fieldError('name')}
          />
          <TextArea
            label={texts.description}
            optional
            maxLength={2000}
            value={form.description}
            onValue={(description) => change({ description })}
            error={create.fieldError('description')}
          />
        </div>
      </Card>
      <div class="two-columns">
        <RadioCards
          legend={texts.who}
          options={visibilities.map((value) => ({
            value,
            label: words.visibility[value],
            detail: words.visibilityDetail[value],
          }))}
          value={form.visibility}
          onValue={(visibility) =>
            change({
              visibility,
              joining: joiningsOf(visibility).includes(form.joining) ? form.joining : 'invitation',
            })
          }
        />
        <RadioCards
          legend={texts.how}
          options={joinings.map((value) => ({
            value,
            label: words.joining[value],
            detail: words.joiningDetail[value],
            disabled: !joiningsOf(form.visibility).includes(value),
          }))}
          value={form.joining}
          onValue={(joining) => change({ joining })}
        />
      </div>
      {!asking && (
        <Card>
          <TextArea
            label={texts.members}
            hint={texts.membersHint}
            optional
            value={form.members ?? ''}
            onValue={(members) => change({ members })}
            error={create.fieldError('members')}
          />
        </Card>
      )}
      {problem && <Banner tone="danger">{problem}</Banner>}
      <div class="row">
        <Button type="submit" variant="primary" busy={create.busy}>
          {asking ? texts.send : texts.create}
        </Button>
        <ButtonLink href={kind === 'community' ? '/c' : '/p'}>{texts.cancel}</ButtonLink>
      </div>
    </form>
  );
}
