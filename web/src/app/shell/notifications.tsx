import { useNotifications } from '../../lib/api/queries';
import { useText } from '../../lib/i18n';
import { lazyView } from '../../lib/lazy-view';
import { Icon } from '../../ui/icon';
import { bellIcon } from '../../ui/icons';
import { Popover } from '../../ui/popover';
import { appTexts } from '../i18n';

const Panel = lazyView<{ close: () => void }>(() =>
  import('./notifications-panel').then((module) => module.NotificationsPanel),
);

export function NotificationsButton() {
  const texts = useText(appTexts);
  const { data } = useNotifications();
  const unread = data?.unread ?? 0;
  return (
    <Popover
      label={texts.notifications}
      trigger={(props) => (
        <button
          type="button"
          class="icon-button"
          aria-label={unread > 0 ? texts.notificationsNew(unread) : texts.notifications}
          {...props}
        >
          <Icon d={bellIcon} />
          {unread > 0 && <span class="bell-dot" />}
        </button>
      )}
    >
      {(close) => <Panel close={close} />}
    </Popover>
  );
}
