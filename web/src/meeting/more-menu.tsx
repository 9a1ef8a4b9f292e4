import { useText } from '../lib/i18n';
import { useStore } from '../lib/store';
import { IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { ellipsisIcon, keyboardIcon, screenShareIcon, settingsIcon } from '../ui/icons';
import { Menu, MenuItem, MenuLine } from '../ui/popover';
import { captionChoice, captionSizes, sizeCaptions } from './captions';
import type { Inside } from './inside';
import type { useOwnActs } from './own-acts';
import { type Panel, panelsFor } from './panels';
import { ReactionItems } from './reaction-menu';
import type { Reactions } from './reactions';
import { MenuCheck } from './menu-check';
import { roomTexts } from './room-texts';

interface Props {
  inside: Inside;
  acts: ReturnType<typeof useOwnActs>;
  /** What the bar has no room for is here. */
  narrow: boolean;
  reactions: Reactions;
  onDialog: (dialog: 'help' | 'settings') => void;
}

function PanelItem({ panel, onOpen }: { panel: Panel; onOpen: () => void }) {
  const { name } = useText(panel.words);
  return (
    <MenuItem icon={<Icon d={panel.icon} />} onClick={onOpen}>
      {name}
    </MenuItem>
  );
}

export function MoreMenu({ inside, acts, narrow, reactions, onDialog }: Props) {
  const texts = useText(roomTexts);
  const captions = useStore(captionChoice);
  const { state, show } = inside;
  const here = panelsFor(inside).filter(({ place }) => place === 'more' || (place === 'wide' && narrow));
  return (
    <Menu
      label={texts.more}
      trigger={(props) => <IconButton {...props} round label={texts.more} icon={ellipsisIcon} />}
    >
      {(close) => {
        const act = (run: () => void) => () => {
          close();
          run();
        };
        return (
          <>
            {narrow && (
              <>
                <ReactionItems onReaction={(reaction) => act(() => void reactions.send(reaction))()} />
                <MenuLine />
                <MenuItem icon={<Icon d={screenShareIcon} />} onClick={act(acts.share)}>
                  {state.sharing ? texts.stopShare : texts.share}
                </MenuItem>
                <MenuCheck checked={captions.on} onClick={act(acts.captions)}>
                  {texts.captions}
                </MenuCheck>
              </>
            )}
            {captions.on &&
              captionSizes.map((size) => (
                <MenuCheck
                  key={size}
                  radio
                  checked={captions.size === size}
                  onClick={act(() => sizeCaptions(size))}
                >
                  {texts.captionSizes[size]}
                </MenuCheck>
              ))}
            {(narrow || captions.on) && <MenuLine />}
            {here.map((panel) => (
              <PanelItem key={panel.id} panel={panel} onOpen={act(() => show(panel.id))} />
            ))}
            <MenuItem icon={<Icon d={settingsIcon} />} onClick={act(() => onDialog('settings'))}>
              {texts.settings}
            </MenuItem>
            <MenuItem icon={<Icon d={keyboardIcon} />} onClick={act(() => onDialog('help'))}>
              {texts.shortcuts}
            </MenuItem>
          </>
        );
      }}
    </Menu>
  );
}
