import { useQuery } from '../../lib/query';
import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { api, sentenceOf } from '../../lib/api/client';
import { queryClient } from '../../lib/api/queries';
import type { PersonBrief, Space } from '../../lib/api/schema';
import { ago } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { spacePath } from '../../lib/paths';
import { decideCommunity } from '../../lib/spaces/decide';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { List, ListRow, SpaceTile, TextLink } from '../../ui/display';
import { Banner, EmptyState, Skeleton } from '../../ui/feedback';
import { TextArea } from '../../ui/field';
import { adminTexts } from './i18n';

type Request = Space & { requester: PersonBrief };
const listKey = ['admin', 'community-requests'];

function Row({ request }: { request: Request }) {
  const texts = useText(adminTexts);
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState('');
  const decide = useAction(
    async (accepted: boolean) => {
      await decideCommunity(request.id, accepted, reason.trim());
      return accepted;
    },
    {
      done: (accepted) => (accepted ? texts.accepted : texts.refused),
      onDone: () => queryClient.invalidateQueries({ queryKey: listKey }),
    },
  );
  return (
    <>
      <ListRow
        leading={<SpaceTile id={request.id} name={request.name} />}
        title={<TextLink href={spacePath(request)}>{request.name}</TextLink>}
        detail={
          <>
            {texts.askedBy(request.requester.name)}, {ago(request.created_at)}
            <br />
            {request.description}
          </>
        }
        actions={
          <>
            <Button
              small
              variant="primary"
              busy={decide.busy}
              aria-label={texts.acceptOf(request.name)}
              onClick={() => decide.run(true)}
            >
              {texts.accept}
            </Button>
            <Button small aria-label={texts.refuseOf(request.name)} onClick={() => setRefusing(true)}>
              {texts.refuse}
            </Button>
          </>
        }
      />
      {refusing && (
        <Dialog
          title={texts.refuseTitle(request.name)}
          onClose={() => setRefusing(false)}
          onSubmit={() => decide.run(false)}
          footer={
            <>
              <Button onClick={() => setRefusing(false)}>{texts.cancel}</Button>
              <Button type="submit" variant="danger" busy={decide.busy}>
                {texts.refuse}
              </Button>
            </>
          }
        >
          <TextArea label={texts.reason} optional value={reason} onValue={setReason} maxLength={500} />
        </Dialog>
      )}
    </>
  );
}

export function RequestsSection() {
  const texts = useText(adminTexts);
  const { data, error } = useQuery({
    queryKey: listKey,
    queryFn: () => api.get<{ spaces: Request[] }>('/admin/community-requests'),
  });
  if (error) return <Banner tone="danger">{sentenceOf(error)}</Banner>;
  if (!data) return <Skeleton lines={2} />;
  if (data.spaces.length === 0) return <EmptyState>{texts.noRequest}</EmptyState>;
  return (
    <List label={texts.requests}>
      {data.spaces.map((request) => (
        <Row key={request.id} request={request} />
      ))}
    </List>
  );
}
