import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter';
import type { Me } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { lazyView } from '../../lib/lazy-view';
import { useStore } from '../../lib/store';
import { unreadMessages } from '../../lib/unread';
import { Badge } from '../../ui/display';
import { Icon } from '../../ui/icon';
import { ellipsisIcon } from '../../ui/icons';
import { appTexts } from '../i18n';
import type { MoreDrawerProps } from './more-drawer';
import { isCurrent, toolsFor } from './tools';

const MoreDrawer = lazyView<MoreDrawerProps>(() =>
  import('./more-drawer').then((module) => module.MoreDrawer),
);

/** On a phone: four tools and everything else behind « Plus ». */
export function BottomBar({ me }: { me: Me }) {
  const texts = useText(appTexts);
  const [location] = useLocation();
  const unread = useStore(unreadMessages);
  const [more, setMore] = useState(false);
  const tools = toolsFor(me);
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
            {tool.id === 'messages' && (
              <Badge count={unread.messages} label={texts.unread(unread.messages)} />
            )}
          </Link>
        ))}
      <button type="button" class="bottom-item" aria-haspopup="dialog" onClick={() => setMore(true)}>
        <Icon d={ellipsisIcon} />
        <span>{texts.more}</span>
      </button>
      {more && <MoreDrawer tools={tools.filter((tool) => tool.group === 3)} onClose={() => setMore(false)} />}
    </nav>
  );
}
