import { useText } from '../lib/i18n';
import { IconButton } from '../ui/button';
import { smileIcon } from '../ui/icons';
import { Menu, MenuItem } from '../ui/popover';
import { type Reaction, reactions } from './reactions';
import { roomTexts } from './room-texts';

interface Props {
  onReaction: (reaction: Reaction) => void;
}

export function ReactionItems({ onReaction }: Props) {
  const texts = useText(roomTexts);
  return (
    <>
      {reactions.map((reaction) => (
        <MenuItem key={reaction} onClick={() => onReaction(reaction)}>
          {reaction} {texts.reactions[reaction]}
        </MenuItem>
      ))}
    </>
  );
}

export function ReactionMenu({ onReaction }: Props) {
  const texts = useText(roomTexts);
  return (
    <Menu
      label={texts.react}
      trigger={(props) => <IconButton {...props} round label={texts.react} icon={smileIcon} />}
    >
      {(close) => (
        <ReactionItems
          onReaction={(reaction) => {
            onReaction(reaction);
            close();
          }}
        />
      )}
    </Menu>
  );
}
