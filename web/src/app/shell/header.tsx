import { Link } from 'wouter';
import { useMeterToday } from '../../lib/api/queries';
import type { Me } from '../../lib/api/schema';
import { weight } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { IconButton } from '../../ui/button';
import { Kbd } from '../../ui/display';
import { Icon, Mark } from '../../ui/icon';
import { leafIcon, searchIcon } from '../../ui/icons';
import { appTexts } from '../i18n';
import { NotificationsButton } from './notifications';
import { UserMenu } from './user-menu';

function MeterPill() {
  const texts = useText(appTexts);
  const { data } = useMeterToday();
  if (!data) return null;
  const total = weight(data.bytes_in + data.bytes_out);
  return (
    <Link class="meter-pill" href="/sobriete">
      <Icon d={leafIcon} small />
      <span class="unseen">{texts.myData}</span>
      <span class="tabular">
        {total}
        <span class="wide-only">{texts.today('').replace(/^\s*/, ' ')}</span>
      </span>
    </Link>
  );
}

export function Header({
  me,
  onPalette,
  onShortcuts,
}: {
  me: Me;
  onPalette: () => void;
  onShortcuts: () => void;
}) {
  const texts = useText(appTexts);
  return (
    <header class="top">
      <Link class="top-mark" href="/" aria-label={texts.parvisHome}>
        <Mark size={30} />
      </Link>
      <button
        type="button"
        class="search-pill"
        id="recherche"
        aria-keyshortcuts="Control+K"
        aria-haspopup="dialog"
        onClick={onPalette}
      >
        <Icon d={searchIcon} />
        <span class="grow ellipsis">{texts.search}</span>
        <span aria-hidden="true">
          <Kbd>Ctrl K</Kbd>
        </span>
      </button>
      <span class="grow" />
      <MeterPill />
      <span class="phone-only">
        <IconButton label={texts.searchShort} icon={searchIcon} aria-haspopup="dialog" onClick={onPalette} />
      </span>
      <NotificationsButton />
      <UserMenu me={me} onShortcuts={onShortcuts} />
    </header>
  );
}
