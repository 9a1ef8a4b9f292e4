import { useLocation } from 'wouter';
import { api } from '../../lib/api/client';
import { keys, queryClient, useNotifications } from '../../lib/api/queries';
import type { Notification } from '../../lib/api/schema';
import { ago } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { Avatar, IconTile } from '../../ui/display';
import { Loading } from '../../ui/feedback';
import { bellIcon } from '../../ui/icons';
import { appTexts } from '../i18n';

async function markRead(upTo: number): Promise<void> {
  await api.post('/notifications/read', { up_to: upTo });
  await queryClient.invalidateQueries({ queryKey: keys.notifications });
}

function Row({ item, onOpen }: { item: Notification; onOpen: () => void }) {
  const texts = useText(appTexts);
  return (
    <li>
      <button type="button" class="notification" onClick={onOpen}>
        {item.actor ? <Avatar id={item.actor.id} name={item.actor.name} /> : <IconTile icon={bellIcon} />}
        <span class="grow">
          <span class="notification-text">{item.text}</span>
          <span class="small muted">
            {item.space && `${item.space.name} · `}
            {ago(item.at)}
          </span>
        </span>
        {!item.read && (
          <span class="notification-new">
            <span class="unseen">{texts.isNew}</span>
          </span>
        )}
      </button>
    </li>
  );
}

export function NotificationsPanel({ close }: { close: () => void }) {
  const texts = useText(appTexts);
  const { data } = useNotifications();
  const [, go] = useLocation();
  const list = data?.notifications;
  const newest = list?.[0]?.id;
  return (
    <>
      <div class="panel-head">
        <h2>{texts.notifications}</h2>
        {data && data.unread > 0 && newest !== undefined && (
          <Button variant="ghost" small onClick={() => void markRead(newest)}>
            {texts.markAllRead}
          </Button>
        )}
      </div>
      {!list && <Loading />}
      {list?.length === 0 && <p class="panel-empty muted">{texts.notificationsNone}</p>}
      <ul class="notification-list">
        {list?.map((item) => (
          <Row
            key={item.id}
            item={item}
            onOpen={() => {
              close();
              void markRead(item.id).catch(() => undefined);
              go(item.link);
            }}
          />
        ))}
      </ul>
    </>
  );
}
