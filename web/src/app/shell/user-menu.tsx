import { useLocation } from 'wouter';
import type { Me } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { Avatar } from '../../ui/display';
import { Icon } from '../../ui/icon';
import { keyboardIcon, logOutIcon, mapIcon, settingsIcon, smartphoneIcon } from '../../ui/icons';
import { Menu, MenuItem, MenuLine } from '../../ui/popover';
import { appTexts } from '../i18n';
import { signOut } from './sign-out';

export function UserMenu({ me, onShortcuts }: { me: Me; onShortcuts: () => void }) {
  const texts = useText(appTexts);
  const [, go] = useLocation();
  const { id, name, email } = me.person;
  return (
    <Menu
      label={texts.account(name)}
      trigger={(props) => (
        <button
          type="button"
          class="icon-button icon-button-round user-button"
          aria-label={texts.account(name)}
          {...props}
        >
          <Avatar id={id} name={name} />
        </button>
      )}
    >
      {(close) => {
        const then = (act: () => void) => () => {
          close();
          act();
        };
        return (
          <>
            <div class="user-card" role="presentation">
              <div class="strong ellipsis">{name}</div>
              <div class="small muted ellipsis">{email}</div>
            </div>
            <MenuLine />
            <MenuItem icon={<Icon d={settingsIcon} />} onClick={then(() => go('/parametres'))}>
              {texts.settings}
            </MenuItem>
            <MenuItem icon={<Icon d={smartphoneIcon} />} onClick={then(() => go('/parametres/appareils'))}>
              {texts.devices}
            </MenuItem>
            <MenuItem icon={<Icon d={keyboardIcon} />} onClick={then(onShortcuts)}>
              {texts.shortcuts}
            </MenuItem>
            <MenuItem icon={<Icon d={mapIcon} />} onClick={then(() => go('/plan'))}>
              {texts.siteMap}
            </MenuItem>
            <MenuLine />
            <MenuItem icon={<Icon d={logOutIcon} />} onClick={then(() => void signOut())}>
              {texts.signOut}
            </MenuItem>
          </>
        );
      }}
    </Menu>
  );
}
