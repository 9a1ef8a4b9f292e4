import { useQuery } from '../../../lib/query';
import { useAction } from '../../../lib/action';
import { api } from '../../../lib/api/client';
import { keys } from '../../../lib/api/queries';
import type { JoinRequest, Space } from '../../../lib/api/schema';
import { ago } from '../../../lib/format';
import { useText } from '../../../lib/i18n';
import { decideJoinRequest } from '../../../lib/spaces/decide';
import { Button } from '../../../ui/button';
import { Avatar, List, ListRow, Section } from '../../../ui/display';
import { membersTexts } from './i18n';

function Row({ space, request }: { space: Space; request: JoinRequest }) {
  const texts = useText(membersTexts);
  const { person } = request;
  const decide = useAction(
    async (accepted: boolean) => {
      await decideJoinRequest(space.id, person.id, accepted);
      return accepted;
    },
    { done: (accepted) => (accepted ? texts.accepted(person.name) : texts.refused) },
  );
  return (
    <ListRow
      leading={<Avatar id={person.id} name={person.name} />}
      title={person.name}
      detail={
        <>
          {[person.title, person.administration].filter(Boolean).join(' · ')}
          <span class="block">
            {request.message ? `« ${request.message} »` : texts.noMessage} · {ago(request.at)}
          </span>
        </>
      }
      actions={
        <>
          <Button
            small
            variant="primary"
            busy={decide.busy}
            aria-label={texts.acceptOf(person.name)}
            onClick={() => decide.run(true)}
          >
            {texts.accept}
          </Button>
          <Button
            small
            busy={decide.busy}
            aria-label={texts.refuseOf(person.name)}
            onClick={() => decide.run(false)}
          >
            {texts.refuse}
          </Button>
        </>
      }
    />
  );
}

export function Requests({ space }: { space: Space }) {
  const texts = useText(membersTexts);
  const { data } = useQuery({
    queryKey: keys.space(space.slug, 'requests'),
    queryFn: () => api.get<{ requests: JoinRequest[] }>(`/spaces/${space.id}/requests`),
  });
  if (!data || data.requests.length === 0) return null;
  return (
    <Section title={texts.requests}>
      <List label={texts.requests}>
        {data.requests.map((request) => (
          <Row key={request.person.id} space={space} request={request} />
        ))}
      </List>
    </Section>
  );
}
