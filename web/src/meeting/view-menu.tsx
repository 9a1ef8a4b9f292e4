import { useEffect, useState } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { useStore } from '../lib/store';
import { IconButton } from '../ui/button';
import { layoutGridIcon, maximizeIcon, minimizeIcon } from '../ui/icons';
import { Menu, MenuLine } from '../ui/popover';
import { layouts } from './layout';
import { MenuCheck } from './menu-check';
import { roomTexts } from './room-texts';
import { chooseLayout, hideSelf, viewChoice } from './view-choice';

/** How the images are laid out. */
export function ViewMenu() {
  const texts = useText(roomTexts);
  const choice = useStore(viewChoice);
  return (
    <Menu
      label={texts.layout}
      trigger={(props) => <IconButton {...props} label={texts.layout} icon={layoutGridIcon} />}
    >
      {(close) => {
        const act = (run: () => void) => () => {
          run();
          close();
        };
        return (
          <>
            {layouts.map((layout) => (
              <MenuCheck
                key={layout}
                radio
                checked={choice.layout === layout}
                onClick={act(() => chooseLayout(layout))}
              >
                {texts.layouts[layout]}
              </MenuCheck>
            ))}
            <MenuLine />
            <MenuCheck checked={choice.hideSelf} onClick={act(() => hideSelf(!choice.hideSelf))}>
              {texts.hideSelf}
            </MenuCheck>
          </>
        );
      }}
    </Menu>
  );
}

/** Where the browser has it: a phone's may not. */
export function FullScreen() {
  const texts = useText(roomTexts);
  const [full, setFull] = useState(Boolean(document.fullscreenElement));
  useEffect(() => {
    const look = () => setFull(Boolean(document.fullscreenElement));
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, []);
  if (!document.fullscreenEnabled) return null;
  return (
    <IconButton
      label={full ? texts.endFullScreen : texts.fullScreen}
      icon={full ? minimizeIcon : maximizeIcon}
      class="visio-full-screen"
      onClick={() =>
        void (full ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(
          () => undefined,
        )
      }
    />
  );
}
