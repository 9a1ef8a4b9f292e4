import { useQuery } from '../../lib/query';
import { Link } from 'wouter';
import { api } from '../../lib/api/client';
import { keys } from '../../lib/api/queries';
import type { FileEntry, Room, Space } from '../../lib/api/schema';
import { FileTile } from '../../lib/files/tile';
import { ago, day, weight } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { spacePath } from '../../lib/paths';
import { spaceWords } from '../../lib/spaces/words';
import { ButtonLink } from '../../ui/button';
import { Avatar, IconTile, List, ListRow, Section, TextLink } from '../../ui/display';
import { Banner, EmptyState } from '../../ui/feedback';
import { hashIcon } from '../../ui/icons';
import { spaceTexts } from './i18n';

const latestShown = 5;

function LatestFiles({ space }: { space: Space }) {
  const texts = useText(spaceTexts);
  const { data } = useQuery({
    queryKey: keys.space(space.slug, 'files', 'latest'),
    queryFn: () => api.get<{ files: FileEntry[] }>(`/spaces/${space.id}/files`),
  });
  return (
    <Section
      title={texts.news}
      action={<TextLink href={spacePath(space, 'fichiers')}>{texts.allFiles}</TextLink>}
    >
      {data?.files.length === 0 && <EmptyState>{texts.noFile}</EmptyState>}
      {data && data.files.length > 0 && (
        <List label={texts.news}>
          {data.files.slice(0, latestShown).map((file) => (
            <ListRow
              key={file.id}
              leading={<FileTile type={file.type} />}
              title={
                <Link class="plain-link" href={`${spacePath(space, 'fichiers')}?fichier=${file.id}`}>
                  {file.name}
                </Link>
              }
              detail={`${file.author.name}, ${ago(file.created_at)} · ${weight(file.size)}`}
            />
          ))}
        </List>
      )}
    </Section>
  );
}

function Rooms({ space }: { space: Space }) {
  const texts = useText(spaceTexts);
  const { data } = useQuery({
    queryKey: keys.space(space.slug, 'rooms'),
    queryFn: () => api.get<{ rooms: Room[] }>(`/spaces/${space.id}/rooms`),
  });
  if (!data) return null;
  return (
    <Section title={texts.rooms}>
      {data.rooms.length === 0 && <EmptyState>{texts.noRoom}</EmptyState>}
      {data.rooms.length > 0 && (
        <List label={texts.rooms}>
          {data.rooms.map((room) => (
            <ListRow
              key={room.room_id}
              leading={<IconTile icon={hashIcon} tone="primary" />}
              title={
                <Link
                  class="plain-link"
                  href={`${spacePath(space, 'discussion')}?salon=${encodeURIComponent(room.room_id)}`}
                >
                  {room.name}
                </Link>
              }
              detail={room.topic}
            />
          ))}
        </List>
      )}
    </Section>
  );
}

export function Overview({ space }: { space: Space }) {
  const texts = useText(spaceTexts);
  const words = useText(spaceWords);
  const requests = space.request_count ?? 0;
  const reads = space.may.includes('file_list') || space.may.includes('room_list');
  return (
    <div class="overview">
      <div class="stack stack-l">
        {requests > 0 && (
          <Banner
            tone="primary"
            title={texts.pendingRequests(requests)}
            action={
              <ButtonLink small variant="primary" href={spacePath(space, 'membres')}>
                {texts.see}
              </ButtonLink>
            }
          />
        )}
        <Section title={texts.about}>
          <p class={space.description ? 'prose space-description' : 'muted'}>
            {space.description || texts.noDescription}
          </p>
        </Section>
        {!reads && <EmptyState>{texts.privateContent}</EmptyState>}
        {space.may.includes('room_list') && <Rooms space={space} />}
        {space.may.includes('file_list') && <LatestFiles space={space} />}
      </div>
      <aside class="stack" aria-label={texts.animators}>
        <Section title={texts.animators} card>
          {space.animators.length === 0 && <p class="muted">{texts.noAnimator}</p>}
          <ul class="stack person-list">
            {space.animators.map((person) => (
              <li key={person.id} class="row">
                <Avatar id={person.id} name={person.name} />
                <span class="grow">
                  <span class="strong block">{person.name}</span>
                  <span class="small muted">
                    {[person.title, person.administration].filter(Boolean).join(' · ')}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </Section>
        <div class="card card-pad">
          <dl class="facts">
            <dt>{texts.visibility}</dt>
            <dd>
              <span class="strong">{words.visibility[space.visibility]}</span>
              <span class="small muted block">{words.visibilityDetail[space.visibility]}</span>
            </dd>
            <dt>{texts.joining}</dt>
            <dd>
              <span class="strong">{words.joining[space.joining]}</span>
              <span class="small muted block">{words.joiningDetail[space.joining]}</span>
            </dd>
            <dt>{texts.createdOn}</dt>
            <dd>{day(space.created_at)}</dd>
          </dl>
        </div>
      </aside>
    </div>
  );
}
