import { Fragment } from 'preact';
import { Link, useLocation } from 'wouter';
import type { Me } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { useStore } from '../../lib/store';
import { unreadMessages } from '../../lib/unread';
import { Badge } from '../../ui/display';
import { Icon, Mark } from '../../ui/icon';
import { appTexts } from '../i18n';
import { isCurrent, toolsFor } from './tools';

export function Rail({ me }: { me: Me }) {
  const texts = useText(appTexts);
  const [location] = useLocation();
  const unread = useStore(unreadMessages);
  const tools = toolsFor(me);
  return (
    <nav class="rail" aria-label={texts.tools} id="outils" tabIndex={-1}>
      <Link class="rail-logo" href="/" aria-label={texts.parvisHome}>
        <Mark />
      </Link>
      {tools.map((tool, index) => (
        <Fragment key={tool.id}>
          {tool.group === 2 && tools[index - 1]?.group === 1 && <hr />}
          {tool.group === 3 && tools[index - 1]?.group !== 3 && <span class="grow" />}
          <Link
            class="rail-item"
            href={tool.href}
            aria-current={isCurrent(tool, location) ? 'page' : undefined}
          >
            <Icon d={tool.icon} />
            <span>{tool.label(texts)}</span>
            {tool.id === 'messages' && (
              <Badge count={unread.messages} label={texts.unread(unread.messages)} />
            )}
          </Link>
        </Fragment>
      ))}
    </nav>
  );
}
