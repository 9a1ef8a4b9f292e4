import { Link } from 'wouter';
import { useText } from '../../lib/i18n';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { logOutIcon, mapIcon, settingsIcon } from '../../ui/icons';
import { appTexts } from '../i18n';
import { signOut } from './sign-out';
import type { Tool } from './tools';

export interface MoreDrawerProps {
  tools: readonly Tool[];
  onClose: () => void;
}

/** What the phone's bottom bar has no room for. */
export function MoreDrawer({ tools, onClose }: MoreDrawerProps) {
  const texts = useText(appTexts);
  const entries = [
    ...tools.map((tool) => ({ href: tool.href, icon: tool.icon, label: tool.label(texts) })),
    { href: '/parametres', icon: settingsIcon, label: texts.settings },
    { href: '/plan', icon: mapIcon, label: texts.siteMap },
  ];
  return (
    <Dialog title={texts.more} onClose={onClose} drawer>
      <ul>
        {entries.map((entry) => (
          <li key={entry.href}>
            <Link class="menu-item" href={entry.href} onClick={onClose}>
              <Icon d={entry.icon} />
              {entry.label}
            </Link>
          </li>
        ))}
        <li>
          <button type="button" class="menu-item" onClick={() => void signOut()}>
            <Icon d={logOutIcon} />
            {texts.signOut}
          </button>
        </li>
      </ul>
    </Dialog>
  );
}
