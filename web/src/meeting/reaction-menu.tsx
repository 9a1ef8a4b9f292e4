import { useText } from '../lib/i18n';
import { IconButton } from '../ui/button';
import { smileIcon } from '../ui/icons';
import { Menu, MenuItem } from '../ui/popover';
import { type Reaction, reactions } from './reactions';
import { meetingTexts } from './texts';

export function ReactionMenu({ onReaction }: { onReaction: (reaction: Reaction) => void }) {
  const texts = useText(meetingTexts);
  return (
    <Menu
      label={texts.react}
      trigger={(props) => <IconButton {...props} round label={texts.react} icon={smileIcon} />}
    >
      {(close) =>
        reactions.map((reaction) => (
          <MenuItem
            key={reaction}
            onClick={() => {
              onReaction(reaction);
              close();
            }}
          >
            {reaction} {texts.reactions[reaction]}
          </MenuItem>
        ))
      }
    </Menu>
  );
}
