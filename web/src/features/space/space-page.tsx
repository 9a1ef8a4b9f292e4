import './space.css';
import { useState } from 'preact/hooks';
import { useLocation } from 'wouter';
import { usePageTitle } from '../../lib/a11y/title';
import { useAction } from '../../lib/action';
import { ApiError, api, sentenceOf } from '../../lib/api/client';
import { refreshSpaces, useMe, useSpace } from '../../lib/api/queries';
import type { Space } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { spacePath } from '../../lib/paths';
import { decideCommunity } from '../../lib/spaces/decide';
import { JoinButton } from '../../lib/spaces/join-button';
import { spaceWords } from '../../lib/spaces/words';
import { Button, ButtonLink } from '../../ui/button';
import { ConfirmDialog } from '../../ui/confirm';
import { AvatarStack, SpaceTile, Tabs, Tag } from '../../ui/display';
import { Banner, Skeleton } from '../../ui/feedback';
import { Icon } from '../../ui/icon';
import { ellipsisIcon, globeIcon, logOutIcon, userPlusIcon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/popover';
import { kitTexts } from '../../ui/i18n';
import { spaceTexts } from './i18n';
import { spaceTabs } from './tabs';

function LeaveMenu({ space }: { space: Space }) {
  const texts = useText(spaceTexts);
  const kit = useText(kitTexts);
  const { data: me } = useMe();
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  const leave = useAction(() => api.delete(`/spaces/${space.id}/members/${me?.person.id ?? ''}`), {
    done: texts.left,
    quiet: true,
    onDone: async () => {
      go(space.kind === 'community' ? '/c' : '/p');
      await refreshSpaces();
    },
  });
  if (!space.role) return null;
  return (
    <>
      <Menu
        label={kit.moreActions}
        trigger={(props) => (
          <button type="button" class="icon-button" aria-label={kit.moreActions} {...props}>
            <Icon d={ellipsisIcon} />
          </button>
        )}
      >
        {(close) => (
          <MenuItem
            danger
            icon={<Icon d={logOutIcon} />}
            onClick={() => {
              close();
              setAsking(true);
            }}
          >
            {texts.leave}
          </MenuItem>
        )}
      </Menu>
      {asking && (
        <ConfirmDialog
          title={texts.leaveConfirm(space.name)}
          confirm={texts.leave}
          danger
          busy={leave.busy}
          error={leave.problem}
          onConfirm={() => leave.run(undefined)}
          onClose={() => setAsking(false)}
        >
          <p>{texts.leaveDetail}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function SpaceHeader({ space }: { space: Space }) {
  const texts = useText(spaceTexts);
  const words = useText(spaceWords);
  const animators = space.animators.map((person) => person.name);
  const facts = [
    words.kind[space.kind],
    words.members(space.member_count),
    animators.length > 0 && texts.animatedBy(animators.slice(0, 2).join(', ')),
  ];
  return (
    <div class="space-head">
      <SpaceTile id={space.id} name={space.name} large />
      <div class="grow space-head-text">
        <h1 tabIndex={-1}>{space.name}</h1>
        <p class="small muted">
          {facts.filter(Boolean).join(' · ')}
          {space.open_to_externals && (
            <>
              {' '}
              <Tag tone="accent" icon={globeIcon}>
                {texts.openToExternals}
              </Tag>
            </>
          )}
        </p>
      </div>
      <div class="list-actions">
        <span class="wide-only">
          <AvatarStack people={space.animators} />
        </span>
        <JoinButton space={space} />
        {space.may.includes('member_add') && space.state === 'active' && (
          <ButtonLink href={`${spacePath(space, 'membres')}?ajouter=1`} icon={userPlusIcon}>
            {texts.invite}
          </ButtonLink>
        )}
        <LeaveMenu space={space} />
      </div>
    </div>
  );
}

function StateBanner({ space }: { space: Space }) {
  const texts = useText(spaceTexts);
  const { data: me } = useMe();
  const decide = useAction((accepted: boolean) => decideCommunity(space.id, accepted), {
    done: texts.decided,
  });
  if (space.state === 'archived') return <Banner tone="accent">{texts.archivedBanner}</Banner>;
  if (space.state === 'refused') return <Banner tone="danger">{texts.refusedBanner}</Banner>;
  if (space.state !== 'requested') return null;
  const mayDecide = me?.may.includes('community_decide') || space.may.includes('community_decide');
  return (
    <Banner
      tone="info"
      action={
        mayDecide && (
          <span class="row row-wrap">
            <Button small variant="primary" busy={decide.busy} onClick={() => decide.run(true)}>
              {texts.acceptCommunity}
            </Button>
            <Button small busy={decide.busy} onClick={() => decide.run(false)}>
              {texts.refuseCommunity}
            </Button>
          </span>
        )
      }
    >
      {texts.requestedBanner}
    </Banner>
  );
}

function Absent({ error }: { error: Error }) {
  const texts = useText(spaceTexts);
  usePageTitle(texts.notFound);
  const absent = error instanceof ApiError && (error.status === 404 || error.status === 403);
  return (
    <div class="page page-narrow stack">
      <h1 tabIndex={-1}>{texts.notFound}</h1>
      <p class="muted">{absent ? texts.notFoundDetail : sentenceOf(error)}</p>
      <div>
        <ButtonLink href="/c" variant="primary">
          {texts.backToList}
        </ButtonLink>
      </div>
    </div>
  );
}

export function SpacePage({ slug, tab }: { slug: string; tab: string | undefined }) {
  const { data: space, error } = useSpace(slug);
  if (error) return <Absent error={error} />;
  if (!space) {
    return (
      <div class="page">
        <Skeleton lines={3} />
      </div>
    );
  }
  return <OpenSpace space={space} tab={tab} />;
}

function OpenSpace({ space, tab }: { space: Space; tab: string | undefined }) {
  const texts = useText(spaceTexts);
  const shown = spaceTabs.filter((item) => item.shown(space));
  const current = shown.find((item) => item.path === tab) ?? shown[0];
  usePageTitle(texts[current?.label ?? 'overview'], space.name);
  if (!current) return null;
  return (
    <div class="space">
      <SpaceHeader space={space} />
      <div class="space-tabs">
        <Tabs
          label={texts.tabs}
          tabs={shown.map((item) => ({
            href: spacePath(space, item.path),
            label: texts[item.label],
            icon: item.icon,
            current: item === current,
            ...(item.path === 'membres' &&
              space.request_count !== undefined && {
                count: space.request_count,
                countLabel: texts.pendingRequests(space.request_count),
              }),
          }))}
        />
      </div>
      <div class={current.path === 'discussion' ? 'space-full' : 'space-body stack'}>
        <StateBanner space={space} />
        <current.View space={space} />
      </div>
    </div>
  );
}
