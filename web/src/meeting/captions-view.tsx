import { useText } from '../lib/i18n';
import { useStore } from '../lib/store';
import { cx } from '../ui/cx';
import type { Call } from './call';
import { captionChoice } from './captions';
import { roomTexts } from './room-texts';

/** What is said, in a row of its own: never over faces or names. */
export function Captions({ call }: { call: Call }) {
  const texts = useText(roomTexts);
  const { on, size } = useStore(captionChoice);
  const lines = useStore(call.captions.lines);
  if (!on) return null;
  return (
    <div class={cx('visio-captions', `visio-captions-${size}`)} role="log" aria-label={texts.captions}>
      {lines.length === 0 && <p class="muted">{texts.noCaptions}</p>}
      {lines.map(({ id, name, text }) => (
        <p key={id}>
          <strong>{name}</strong> {text}
        </p>
      ))}
    </div>
  );
}
