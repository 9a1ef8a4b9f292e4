import './spaces.css';
import { useInfiniteQuery } from '../../lib/query';
import { useState } from 'preact/hooks';
import { Link } from 'wouter';
import { usePageTitle } from '../../lib/a11y/title';
import { sentenceOf } from '../../lib/api/client';
import { fetchSpaces, keys, useMe } from '../../lib/api/queries';
import type { Joining, Me, SpaceBrief, SpaceKind } from '../../lib/api/schema';
import { useSettled } from '../../lib/debounce';
import { useText } from '../../lib/i18n';
import { spacePath } from '../../lib/paths';
import { JoinButton } from '../../lib/spaces/join-button';
import { spaceWords } from '../../lib/spaces/words';
import { Button, ButtonLink } from '../../ui/button';
import { SegmentedControl } from '../../ui/choice';
import { PageHeader, SpaceTile, Tag } from '../../ui/display';
import { Banner, EmptyState, Skeleton } from '../../ui/feedback';
import { InlineSelect, SearchField } from '../../ui/field';
import { archiveIcon, eyeOffIcon, lockIcon, plusIcon, usersRoundIcon } from '../../ui/icons';
import { directoryTexts } from './i18n';

const visibilityIcons = { open: usersRoundIcon, closed: lockIcon, secret: eyeOffIcon };

function SpaceRow({ space }: { space: SpaceBrief }) {
  const words = useText(spaceWords);
  return (
    <li class="card space-card">
      <SpaceTile id={space.id} name={space.name} large />
      <div class="grow">
        <h2 class="space-card-name">
          <Link href={spacePath(space)}>{space.name}</Link>
        </h2>
        <div class="row row-wrap space-card-tags">
          <Tag icon={visibilityIcons[space.visibility]}>{words.visibility[space.visibility]}</Tag>
          <span class="small muted">{words.members(space.member_count)}</span>
          {space.state === 'archived' && <Tag icon={archiveIcon}>{words.archived}</Tag>}
          {space.state === 'requested' && <Tag tone="accent">{words.requested}</Tag>}
          {space.role && <Tag tone="ok">{words.role[space.role]}</Tag>}
        </div>
      </div>
      <div class="space-card-act">
        <JoinButton space={space} small />
      </div>
    </li>
  );
}

function NewButton({ me, kind }: { me: Me; kind: SpaceKind }) {
  const texts = useText(directoryTexts);
  const [href, label] =
    kind === 'project'
      ? me.may.includes('project_create')
        ? ['/p/nouveau', texts.createProject]
        : []
      : me.may.includes('community_create')
        ? ['/c/nouvelle', texts.createCommunity]
        : me.may.includes('community_request')
          ? ['/c/nouvelle', texts.requestCommunity]
          : [];
  if (!href || !label) return null;
  return (
    <ButtonLink href={href} variant="primary" icon={plusIcon}>
      {label}
    </ButtonLink>
  );
}

type Which = 'all' | 'mine';
type JoiningFilter = Joining | 'any';

function useDirectory(kind: SpaceKind, query: string, which: Which) {
  const q = useSettled(query.trim(), 200);
  const mine = which === 'mine' ? 1 : undefined;
  return useInfiniteQuery({
    queryKey: keys.spaces({ kind, q, mine }),
    queryFn: ({ pageParam, signal }) => fetchSpaces({ kind, q, mine, after: pageParam }, signal),
    keepPrevious: true,
  });
}

export function Directory({ kind }: { kind: SpaceKind }) {
  const texts = useText(directoryTexts);
  const words = useText(spaceWords);
  const { data: me } = useMe();
  const [query, setQuery] = useState('');
  const [which, setWhich] = useState<Which>('all');
  const [joining, setJoining] = useState<JoiningFilter>('any');
  const pages = useDirectory(kind, query, which);
  const title = kind === 'community' ? texts.communities : texts.projects;
  usePageTitle(title);
  const spaces = (pages.data?.pages ?? [])
    .flatMap((page) => page.spaces)
    .filter((space) => joining === 'any' || space.joining === joining);
  const none =
    query.trim() !== ''
      ? texts.noneFound(query.trim())
      : which === 'mine'
        ? texts.noneMine
        : kind === 'community'
          ? texts.noneCommunity
          : texts.noneProject;
  return (
    <div class="page">
      <PageHeader
        title={title}
        detail={kind === 'community' ? texts.communitiesLead : texts.projectsLead}
        actions={me && <NewButton me={me} kind={kind} />}
      />
      <div class="row row-wrap directory-filters" role="search">
        <SearchField
          label={kind === 'community' ? texts.searchCommunity : texts.searchProject}
          value={query}
          onValue={setQuery}
        />
        <SegmentedControl
          legend={texts.which}
          options={[
            { value: 'all', label: texts.all },
            { value: 'mine', label: texts.mine },
          ]}
          value={which}
          onValue={setWhich}
        />
        <span class="directory-select">
          <InlineSelect<JoiningFilter>
            label={texts.joiningFilter}
            options={[
              { value: 'any', label: texts.anyJoining },
              { value: 'free', label: words.joining.free },
              { value: 'approval', label: words.joining.approval },
              { value: 'invitation', label: words.joining.invitation },
            ]}
            value={joining}
            onValue={setJoining}
          />
        </span>
        <span class="small muted" role="status">
          {pages.data && !pages.hasNextPage ? texts.found(spaces.length) : ''}
        </span>
      </div>
      {pages.error && <Banner tone="danger">{sentenceOf(pages.error)}</Banner>}
      {!pages.data && !pages.error && <Skeleton lines={4} />}
      {pages.data && spaces.length === 0 && <EmptyState>{none}</EmptyState>}
      <ul class="space-grid">
        {spaces.map((space) => (
          <SpaceRow key={space.id} space={space} />
        ))}
      </ul>
      {pages.hasNextPage && (
        <div class="directory-more">
          <Button busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {texts.more}
          </Button>
        </div>
      )}
    </div>
  );
}
