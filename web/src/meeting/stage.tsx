import { useText } from '../lib/i18n';
import { cx } from '../ui/cx';
import type { InsideProps } from './inside';
import type { Reaction } from './reactions';
import { meetingTexts } from './texts';
import { TileView } from './tile';

interface Props extends InsideProps {
  /** Whose reaction is shown now, by identity. */
  reacted: Record<string, Reaction>;
}

/** The images: people, and the screens they share. */
export function Stage({ inside: { state }, reacted }: Props) {
  const texts = useText(meetingTexts);
  const screens = state.tiles.filter((tile) => tile.screen);
  return (
    <main class="visio-stage">
      {state.tiles.length === 1 && <p class="muted visio-alone">{texts.alone}</p>}
      <ul class={cx('visio-grid', screens.length > 0 && 'visio-presenting')} aria-label={texts.people}>
        {[...screens, ...state.tiles.filter((tile) => !tile.screen)].map((tile) => (
          <TileView key={tile.key} tile={tile} large={tile.screen} reaction={reacted[tile.identity]} />
        ))}
      </ul>
    </main>
  );
}
