import { useInfiniteQuery } from '../../../lib/query';
import { useState } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter';
import { api, sentenceOf } from '../../../lib/api/client';
import { keys } from '../../../lib/api/queries';
import type { Member, Space } from '../../../lib/api/schema';
import { useSettled } from '../../../lib/debounce';
import { useText } from '../../../lib/i18n';
import { spacePath } from '../../../lib/paths';
import { Button } from '../../../ui/button';
import { Section } from '../../../ui/display';
import { Banner, EmptyState, Skeleton } from '../../../ui/feedback';
import { SearchField } from '../../../ui/field';
import { globeIcon, userPlusIcon } from '../../../ui/icons';
import { AddDialog } from './add-dialog';
import { membersTexts } from './i18n';
import { MemberTable } from './member-table';
import { mayOpenToExternals } from './rules';
import { OpenDialog } from './open-dialog';
import { Requests } from './requests';

interface MemberPage {
  members: Member[];
  next?: string;
}

function useMembers(space: Space, query: string) {
  const q = useSettled(query.trim(), 200);
  return useInfiniteQuery({
    queryKey: keys.space(space.slug, 'members', q),
    queryFn: ({ pageParam, signal }) =>
      api.get<MemberPage>(`/spaces/${space.id}/members`, { query: { q, after: pageParam }, signal }),
    keepPrevious: true,
  });
}

export function MembersTab({ space }: { space: Space }) {
  const texts = useText(membersTexts);
  const [, go] = useLocation();
  const adding = new URLSearchParams(useSearch()).get('ajouter') === '1';
  const [opening, setOpening] = useState(false);
  const [query, setQuery] = useState('');
  const pages = useMembers(space, query);
  const members = (pages.data?.pages ?? []).flatMap((page) => page.members);
  const path = spacePath(space, 'membres');
  const active = space.state === 'active';
  const mayAdd = space.may.includes('member_add') && active;
  const mayOpen = mayOpenToExternals(space);
  return (
    <>
      {space.may.includes('request_decide') && <Requests space={space} />}
      <Section title={texts.members}>
        <div class="stack">
          <div class="toolbar">
            <SearchField label={texts.search} value={query} onValue={setQuery} />
            <div class="list-actions">
              {mayOpen && (
                <Button icon={globeIcon} aria-haspopup="dialog" onClick={() => setOpening(true)}>
                  {texts.openAct}
                </Button>
              )}
              {mayAdd && (
                <Button
                  variant="primary"
                  icon={userPlusIcon}
                  aria-haspopup="dialog"
                  onClick={() => go(`${path}?ajouter=1`, { replace: true })}
                >
                  {texts.add}
                </Button>
              )}
            </div>
          </div>
          {pages.error && <Banner tone="danger">{sentenceOf(pages.error)}</Banner>}
          {!pages.data && !pages.error && <Skeleton lines={3} />}
          {pages.data && members.length === 0 && <EmptyState>{texts.none}</EmptyState>}
          {members.length > 0 && <MemberTable space={space} members={members} />}
          {pages.hasNextPage && (
            <div>
              <Button busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                {texts.more}
              </Button>
            </div>
          )}
        </div>
      </Section>
      {adding && mayAdd && (
        <AddDialog
          space={space}
          onOpenToExternals={() => setOpening(true)}
          onClose={() => go(path, { replace: true })}
        />
      )}
      {opening && <OpenDialog space={space} onClose={() => setOpening(false)} />}
    </>
  );
}
