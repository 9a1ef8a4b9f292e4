import { useEffect, useRef } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { cx } from '../ui/cx';
import { Avatar } from '../ui/display';
import { Icon } from '../ui/icon';
import { handIcon, micOffIcon } from '../ui/icons';
import type { Tile } from './call';
import type { Reaction } from './reactions';
import { meetingTexts } from './texts';

/** One person, or one shared screen. The picture is attached while the tile is there: off screen it costs nothing. */
export function TileView({
  tile,
  large,
  reaction,
}: {
  tile: Tile;
  large: boolean;
  reaction?: Reaction | undefined;
}) {
  const texts = useText(meetingTexts);
  const element = useRef<HTMLVideoElement>(null);
  const { video } = tile;
  useEffect(() => {
    const target = element.current;
    if (!video || !target) return;
    video.attach(target);
    return () => void video.detach(target);
  }, [video]);
  const name = tile.screen
    ? texts.screenOf(tile.name)
    : tile.self
      ? `${tile.name} (${texts.you})`
      : tile.name;
  const marks = [
    !tile.screen && tile.muted && texts.muted,
    !tile.screen && tile.hand && texts.handUp,
    tile.speaking && texts.speaking,
    !tile.verified && texts.guest,
  ].filter(Boolean);
  return (
    <li class={cx('visio-tile', tile.speaking && !tile.screen && 'visio-speaking', large && 'visio-large')}>
      {video ? (
        <video
          ref={element}
          class={cx(tile.self && !tile.screen && 'visio-mirror')}
          autoplay
          playsInline
          muted
          aria-hidden="true"
        />
      ) : (
        <div class="visio-face">
          <Avatar id={tile.identity} name={tile.name} />
        </div>
      )}
      {reaction && !tile.screen && (
        <span class="visio-reaction" role="img" aria-label={texts.reactions[reaction]}>
          {reaction}
        </span>
      )}
      <div class="visio-name">
        {!tile.screen && tile.hand && <Icon d={handIcon} small />}
        {!tile.screen && tile.muted && <Icon d={micOffIcon} small />}
        <span>{name}</span>
        {!tile.verified && <span class="visio-guest">{texts.guest}</span>}
        <span class="unseen">{marks.join(', ')}</span>
      </div>
    </li>
  );
}
