import { useText } from '../../lib/i18n';
import { IconButton } from '../../ui/button';
import { smileIcon } from '../../ui/icons';
import { Popover } from '../../ui/popover';
import { messageTexts } from './i18n';

/** The ones people really use at work; anything else comes from the keyboard. */
export const quickEmoji = ['👍', '✅', '🙏', '❤️', '😀', '🎉'] as const;
const more = ['👏', '👀', '💡', '🚀', '😂', '🤔', '😅', '😢', '❓', '❗', '⏳', '📌', '📎', '📅', '📝', '☕', '🥐', '🌱'] as const;

export function EmojiPicker({ label, onPick }: { label: string; onPick: (emoji: string) => void }) {
  const texts = useText(messageTexts);
  return (
    <Popover label={label} trigger={(props) => <IconButton {...props} label={label} icon={smileIcon} />}>
      {(close) => (
        <div class="emoji-grid">
          {[...quickEmoji, ...more].map((emoji) => (
            <button
              key={emoji}
              type="button"
              class="emoji-button"
              aria-label={texts.reactWith(emoji)}
              onClick={() => {
                onPick(emoji);
                close();
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
    </Popover>
  );
}
