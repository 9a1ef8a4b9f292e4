import { useAction } from '../../lib/action';
import type { Home } from '../../lib/api/schema';
import { ago } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { spacePath } from '../../lib/paths';
import { decideCommunity, decideJoinRequest } from '../../lib/spaces/decide';
import { JoinButton } from '../../lib/spaces/join-button';
import { useStore } from '../../lib/store';
import { unreadMessages } from '../../lib/unread';
import { Button, ButtonLink } from '../../ui/button';
import { Avatar, IconTile, List, ListRow } from '../../ui/display';
import { EmptyState } from '../../ui/feedback';
import { atSignIcon, mailIcon } from '../../ui/icons';
import { homeTexts } from './i18n';

type Item = Home['waiting'][number];

function Decision({ name, decide }: { name: string; decide: (accepted: boolean) => Promise<void> }) {
  const texts = useText(homeTexts);
  const action = useAction(
    async (accepted: boolean) => {
      await decide(accepted);
      return accepted;
    },
    { done: (accepted) => (accepted ? texts.accepted : texts.refused) },
  );
  return (
    <>
      <Button
        small
        variant="primary"
        busy={action.busy}
        aria-label={texts.acceptIn(name)}
        onClick={() => action.run(true)}
      >
        {texts.accept}
      </Button>
      <Button small busy={action.busy} aria-label={texts.refuseIn(name)} onClick={() => action.run(false)}>
        {texts.refuse}
      </Button>
    </>
  );
}

function Row({ item }: { item: Item }) {
  const texts = useText(homeTexts);
  const { space } = item;
  switch (item.kind) {
    case 'join_request':
      return (
        <ListRow
          leading={<Avatar id={item.person.id} name={item.person.name} />}
          title={texts.askedToJoin(item.person.name, space.name)}
          detail={`${item.message ? `« ${item.message} » · ` : ''}${ago(item.at)}`}
          actions={
            <Decision
              name={item.person.name}
              decide={(accepted) => decideJoinRequest(space.id, item.person.id, accepted)}
            />
          }
        />
      );
    case 'community_request':
      return (
        <ListRow
          leading={<Avatar id={item.person.id} name={item.person.name} />}
          title={texts.askedCommunity(item.person.name, space.name)}
          detail={ago(item.at)}
          actions={
            <>
              <ButtonLink small href={spacePath(space)}>
                {texts.see}
              </ButtonLink>
              <Decision name={space.name} decide={(accepted) => decideCommunity(space.id, accepted)} />
            </>
          }
        />
      );
    case 'invitation':
      return (
        <ListRow
          leading={<IconTile icon={mailIcon} tone="info" />}
          title={texts.invited(space.name)}
          detail={`${item.person ? `${texts.invitedBy(item.person.name)} · ` : ''}${ago(item.at)}`}
          actions={<JoinButton small space={{ ...space, invited: true }} />}
        />
      );
  }
}

function keyOf(item: Item): string {
  return `${item.kind}-${item.space.id}-${item.person?.id ?? ''}`;
}

export function WaitingList({ home }: { home: Home }) {
  const texts = useText(homeTexts);
  const unread = useStore(unreadMessages);
  if (home.waiting.length === 0 && unread.mentions === 0)
    return <EmptyState>{texts.nothingWaiting}</EmptyState>;
  return (
    <List label={texts.waiting}>
      {unread.mentions > 0 && (
        <ListRow
          leading={<IconTile icon={atSignIcon} tone="primary" />}
          title={texts.mentions(unread.mentions)}
          detail={texts.unread(unread.messages)}
          actions={
            <ButtonLink small variant="primary" href="/messages">
              {texts.read}
            </ButtonLink>
          }
        />
      )}
      {home.waiting.map((item) => (
        <Row key={keyOf(item)} item={item} />
      ))}
    </List>
  );
}
