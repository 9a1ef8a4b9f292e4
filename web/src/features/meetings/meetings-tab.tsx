import { useAction } from '../../lib/action';
import { api } from '../../lib/api/client';
import type { Meeting, Space } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { useQuery } from '../../lib/query';
import { Button } from '../../ui/button';
import { IconTile, List, ListRow, Section } from '../../ui/display';
import { EmptyState, Skeleton } from '../../ui/feedback';
import { videoIcon } from '../../ui/icons';
import { meetingsTexts } from './i18n';

/** A page of its own, loaded anew: it alone may use cameras and microphones. */
const enter = (meeting: Meeting) => location.assign(`/visio/${meeting.id}`);

export default function MeetingsTab({ space }: { space: Space }) {
  const texts = useText(meetingsTexts);
  const { data } = useQuery({
    queryKey: ['meetings', space.id],
    queryFn: ({ signal }) =>
      api
        .get<{ meetings: Meeting[] }>(`/spaces/${space.id}/meetings`, { signal })
        .then((found) => found.meetings),
    staleTime: 0,
  });
  const start = useAction(() => api.post<Meeting>(`/spaces/${space.id}/meetings`, {}), { onDone: enter });
  if (!data) return <Skeleton lines={3} />;
  const own = data.find((meeting) => meeting.origin.kind === 'space');
  return (
    <Section title={texts.title}>
      <div class="stack">
        <p class="muted">{texts.lead}</p>
        {(own ?? space.may.includes('meeting_open')) && (
          <p>
            <Button
              variant="primary"
              icon={videoIcon}
              busy={start.busy}
              onClick={() => (own ? enter(own) : start.run(undefined))}
            >
              {texts.start}
            </Button>
          </p>
        )}
        <p class="small muted">{texts.weight}</p>
        {data.length === 0 && <EmptyState>{texts.none}</EmptyState>}
        {data.length > 0 && (
          <List label={texts.rooms}>
            {data.map((meeting) => (
              <ListRow
                key={meeting.id}
                leading={<IconTile icon={videoIcon} tone={meeting.live ? 'ok' : 'neutral'} />}
                title={
                  <a class="plain-link" href={`/visio/${meeting.id}`}>
                    {meeting.name}
                  </a>
                }
                detail={[
                  meeting.participants > 0 ? texts.live(meeting.participants) : texts.quiet,
                  meeting.locked && texts.locked,
                ]
                  .filter(Boolean)
                  .join(' · ')}
              />
            ))}
          </List>
        )}
      </div>
    </Section>
  );
}
