import './home.css';
import { Link } from 'wouter';
import { usePageTitle } from '../../lib/a11y/title';
import { useHome, useMe, useMeterToday, useRecentFiles } from '../../lib/api/queries';
import type { MeterToday, SpaceBrief } from '../../lib/api/schema';
import { sentenceOf } from '../../lib/api/client';
import { longDay, percent, weight, weightParts } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { spacePath } from '../../lib/paths';
import { spaceWords } from '../../lib/spaces/words';
import { useStore } from '../../lib/store';
import { unreadMessages } from '../../lib/unread';
import { ButtonLink } from '../../ui/button';
import { Meter, Section, SpaceTile, TextLink } from '../../ui/display';
import { Banner, EmptyState, Skeleton } from '../../ui/feedback';
import { homeTexts } from './i18n';
import { RecentFiles } from './recent-files';
import { WaitingList } from './waiting';

function SpaceCards({ spaces }: { spaces: SpaceBrief[] }) {
  const words = useText(spaceWords);
  return (
    <ul class="home-spaces">
      {spaces.map((space) => (
        <li key={space.id}>
          <Link class="card home-space" href={spacePath(space)}>
            <SpaceTile id={space.id} name={space.name} />
            <span class="grow">
              <span class="strong home-space-name">{space.name}</span>
              <span class="small muted">
                {space.role ? `${words.role[space.role]} · ` : ''}
                {words.members(space.member_count)}
              </span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function TodayCard({ meter }: { meter: MeterToday }) {
  const texts = useText(homeTexts);
  const { bytes_in, bytes_out, reference_bytes } = meter;
  const total = bytes_in + bytes_out;
  const { value, unit } = weightParts(total);
  const share = reference_bytes > 0 ? total / reference_bytes : 0;
  return (
    <Section title={texts.sobriety} card action={<TextLink href="/sobriete">{texts.detail}</TextLink>}>
      <p class="figure tabular">
        {value} <span class="figure-unit">{unit}</span>
      </p>
      {reference_bytes > 0 && (
        <>
          <p class="small muted home-reference">{texts.reference(weight(reference_bytes))}</p>
          <Meter label={texts.share(percent(share))} value={total} max={reference_bytes} />
        </>
      )}
    </Section>
  );
}

const mostShown = 6;

export default function HomePage() {
  const texts = useText(homeTexts);
  const { data: me } = useMe();
  const { data: home, error } = useHome();
  const { data: recent } = useRecentFiles();
  const { data: meter } = useMeterToday();
  const unread = useStore(unreadMessages);
  usePageTitle(texts.title);
  if (!me) return null;
  const communities = home?.spaces.filter((space) => space.kind === 'community') ?? [];
  const projects = home?.spaces.filter((space) => space.kind === 'project') ?? [];
  const waiting = home ? home.waiting.length + (unread.mentions > 0 ? 1 : 0) : 0;
  const mayCreate = me.may.includes('project_create');
  return (
    <div class="home">
      <div class="home-hello">
        <h1 tabIndex={-1}>
          {texts.hello(me.person.given_name || (me.person.name.split(' ')[0] ?? me.person.name))}
        </h1>
        <p>
          {texts.today(longDay(Date.now()))} {home && texts.waitingCount(waiting)}
        </p>
      </div>
      <div class="stack stack-l home-main">
        {error && <Banner tone="danger">{sentenceOf(error)}</Banner>}
        <Section title={texts.waiting}>{home ? <WaitingList home={home} /> : <Skeleton lines={2} />}</Section>
        <Section title={texts.communities} action={<TextLink href="/c">{texts.explore}</TextLink>}>
          {!home ? (
            <Skeleton lines={1} />
          ) : communities.length > 0 ? (
            <SpaceCards spaces={communities.slice(0, mostShown)} />
          ) : (
            <EmptyState action={<ButtonLink href="/c">{texts.find}</ButtonLink>}>
              {texts.noCommunity}
            </EmptyState>
          )}
        </Section>
        {home && (projects.length > 0 || mayCreate) && (
          <Section title={texts.projects} action={<TextLink href="/p">{texts.allProjects}</TextLink>}>
            {projects.length > 0 ? (
              <SpaceCards spaces={projects.slice(0, mostShown)} />
            ) : (
              <EmptyState action={<ButtonLink href="/p/nouveau">{texts.create}</ButtonLink>}>
                {texts.noProject}
              </EmptyState>
            )}
          </Section>
        )}
      </div>
      <aside class="stack home-aside" aria-label={texts.resume}>
        {recent ? <RecentFiles files={recent.files} /> : <Skeleton lines={2} />}
        {meter && <TodayCard meter={meter} />}
      </aside>
    </div>
  );
}
