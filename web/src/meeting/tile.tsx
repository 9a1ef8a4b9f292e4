import { useEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { useStore } from '../lib/store';
import { IconButton } from '../ui/button';
import { cx } from '../ui/cx';
import { Avatar } from '../ui/display';
import { Icon } from '../ui/icon';
import { handIcon, micOffIcon, pinIcon, pinOffIcon } from '../ui/icons';
import type { Call, Tile } from './call';
import type { Cells } from './layout';
import type { Reaction } from './reactions';
import { roomTexts } from './room-texts';
import { pin, viewChoice } from './view-choice';

interface Props {
  call: Call;
  tile: Tile;
  /** In a grid: its place is computed. */
  cell?: Cells;
  large?: boolean;
  reaction?: Reaction | undefined;
}

/** The picture, attached while the tile is there, received while it is in view. */
function Picture({ call, tile }: { call: Call; tile: Tile }) {
  const element = useRef<HTMLVideoElement>(null);
  const [lines, setLines] = useState(0);
  const { video, key } = tile;
  useEffect(() => {
    const target = element.current;
    if (!video || !target) return;
    video.attach(target);
    return () => void video.detach(target);
  }, [video]);
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const observer = new IntersectionObserver(([seen]) => call.view(key, seen?.isIntersecting ?? false));
    observer.observe(target);
    return () => {
      observer.disconnect();
      call.view(key, false);
    };
  }, [call, key]);
  return (
    <>
      <video
        ref={element}
        class={cx(tile.self && !tile.screen && 'visio-mirror')}
        autoplay
        playsInline
        muted
        aria-hidden="true"
        onResize={(event) =>
          setLines(Math.min(event.currentTarget.videoHeight, event.currentTarget.videoWidth))
        }
      />
      {lines > 0 && !tile.self && (
        <span class="visio-lines tabular" aria-hidden="true">
          {lines}p
        </span>
      )}
    </>
  );
}

function Pin({ tile, name }: { tile: Tile; name: string }) {
  const texts = useText(roomTexts);
  const pinned = useStore(viewChoice).pinned === tile.key;
  return (
    <span class={cx('visio-pin', pinned && 'visio-pinned')}>
      <IconButton
        label={pinned ? texts.unpin(name) : texts.pin(name)}
        icon={pinned ? pinOffIcon : pinIcon}
        aria-pressed={pinned}
        onClick={() => pin(pinned ? undefined : tile.key)}
      />
    </span>
  );
}

/** One person, or one shared screen. */
export function TileView({ call, tile, cell, large, reaction }: Props) {
  const texts = useText(roomTexts);
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
    <li
      class={cx(
        'visio-tile',
        tile.speaking && !tile.screen && 'visio-speaking',
        large && 'visio-large',
        tile.screen && 'visio-screen',
      )}
      style={cell && { width: `${cell.width}px`, height: `${cell.height}px` }}
    >
      {tile.video ? (
        <Picture call={call} tile={tile} />
      ) : (
        <div class="visio-face">
          <Avatar id={tile.identity} name={tile.name} {...(large && { size: 'l' as const })} />
          {tile.poor && !tile.self && <span class="small muted">{texts.weakLine}</span>}
        </div>
      )}
      {reaction && !tile.screen && (
        <span class="visio-reaction" role="img" aria-label={texts.reactions[reaction]}>
          {reaction}
        </span>
      )}
      <Pin tile={tile} name={name} />
      <div class="visio-name">
        {!tile.screen && tile.hand && <Icon d={handIcon} small />}
        {!tile.screen && tile.muted && <Icon d={micOffIcon} small />}
        <span class="ellipsis">{name}</span>
        {!tile.verified && <span class="visio-guest">{texts.guest}</span>}
        <span class="unseen">{marks.join(', ')}</span>
      </div>
    </li>
  );
}
