import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter';
import type { Me } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { useStore } from '../../lib/store';
import { unreadMessages } from '../../lib/unread';
import { Badge } from '../../ui/display';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { ellipsisIcon, logOutIcon, mapIcon, settingsIcon } from '../../ui/icons';
import { appTexts } from '../i18n';
import { signOut } from './sign-out';
import { isCurrent, toolsFor } from './tools';

/** On a phone: four tools and everything else behind « Plus ». */
export function BottomBar({ me }: { me: Me }) {
  const texts = useText(appTexts);
  const [location] = useLocation();
  const unread = useStore(unreadMessages);
  const [more, setMore] = useState(false);
  const tools = toolsFor(me);
  const close = () => setMore(false);
  const rest = tools.filter((tool) => tool.group === 3);
  return (
    <nav class="bottom-bar" aria-label={texts.tools}>
      {tools
        .filter((tool) => tool.group !== 3)
        .map((tool) => (
          <Link
            key={tool.id}
            class="bottom-item"
            href={tool.href}
            aria-current={isCurrent(tool, location) ? 'page' : undefined}
          >
            <Icon d={tool.icon} />
            <span>{tool.label(texts)}</span>
            {tool.id === 'messages' && <Badge count={unread.messages} label={texts.unread(unread.messages)} />}
          </Link>
        ))}
      <button type="button" class="bottom-item" aria-haspopup="dialog" onClick={() => setMore(true)}>
        <Icon d={ellipsisIcon} />
        <span>{texts.more}</span>
      </button>
      {more && (
        <Dialog title={texts.more} onClose={close} drawer>
          <ul>
            {rest.map((tool) => (
              <li key={tool.id}>
                <Link class="menu-item" href={tool.href} onClick={close}>
                  <Icon d={tool.icon} />
                  {tool.label(texts)}
                </Link>
              </li>
            ))}
            <li>
              <Link class="menu-item" href="/parametres" onClick={close}>
                <Icon d={settingsIcon} />
                {texts.settings}
              </Link>
            </li>
            <li>
              <Link class="menu-item" href="/plan" onClick={close}>
                <Icon d={mapIcon} />
                {texts.siteMap}
              </Link>
            </li>
            <li>
              <button type="button" class="menu-item" onClick={() => void signOut()}>
                <Icon d={logOutIcon} />
                {texts.signOut}
              </button>
            </li>
          </ul>
        </Dialog>
      )}
    </nav>
  );
}
