import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { useStore } from '../lib/store';
import { IconButton } from '../ui/button';
import { cx } from '../ui/cx';
import { chevronLeftIcon, chevronRightIcon } from '../ui/icons';
import type { Tile } from './call';
import { Captions } from './captions-view';
import type { Inside, InsideProps } from './inside';
import { arrange, bringForward, cellsFor, gap, pageCapacity, pageOf, type Size } from './layout';
import type { Reaction } from './reactions';
import { roomTexts } from './room-texts';
import { TileView } from './tile';
import { lookAt, viewChoice } from './view-choice';

interface Props extends InsideProps {
  /** Whose reaction is shown now, by identity. */
  reacted: Record<string, Reaction>;
}

/** The size of an element's content, as it changes. */
function useSize() {
  const element = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const measure = () => setSize({ width: target.clientWidth, height: target.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, []);
  return { element, size };
}

interface PartProps {
  inside: Inside;
  tiles: Tile[];
  reacted: Record<string, Reaction>;
  size: Size;
}

function Grid({ inside, tiles, reacted, size }: PartProps) {
  const texts = useText(roomTexts);
  const [wanted, setWanted] = useState(0);
  const capacity = pageCapacity(size);
  const ordered = bringForward(tiles, capacity, inside.call.spokeAt);
  const { tiles: shown, page, pages } = pageOf(ordered, wanted, capacity);
  // A last page with two people keeps the cells of the others.
  const cells = cellsFor(pages > 1 ? capacity : shown.length, size);
  return (
    <>
      <ul class="visio-grid" aria-label={texts.images}>
        {shown.map((tile) => (
          <TileView
            key={tile.key}
            call={inside.call}
            tile={tile}
            cell={cells}
            reaction={reacted[tile.identity]}
          />
        ))}
      </ul>
      {pages > 1 && (
        <nav class="visio-pages" aria-label={texts.pages}>
          <IconButton
            label={texts.previousPage}
            icon={chevronLeftIcon}
            disabled={page === 0}
            onClick={() => setWanted(page - 1)}
          />
          <span class="small tabular" role="status">
            {texts.page(String(page + 1), String(pages))}
          </span>
          <IconButton
            label={texts.nextPage}
            icon={chevronRightIcon}
            disabled={page === pages - 1}
            onClick={() => setWanted(page + 1)}
          />
        </nav>
      )}
    </>
  );
}

/** Several screens at once: which one is looked at. */
function Shares({ shares, large }: { shares: Tile[]; large: Tile }) {
  const texts = useText(roomTexts);
  return (
    <div class="visio-shares" role="group" aria-label={texts.screens}>
      {shares.map((tile) => (
        <button
          key={tile.key}
          type="button"
          class="button button-s"
          aria-pressed={tile === large}
          onClick={() => lookAt(tile.key)}
        >
          {texts.screenOf(tile.name)}
        </button>
      ))}
    </div>
  );
}

/** The images: everybody alike, or one large with the others beside. */
export function Stage({ inside, reacted }: Props) {
  const texts = useText(roomTexts);
  const { call, state } = inside;
  const choice = useStore(viewChoice);
  const { element, size } = useSize();
  const arranged = arrange(state.tiles, { ...choice, speaker: state.speaker });
  const upright = size.width < size.height * 1.2;
  return (
    <main class="visio-stage" data-theme="dark" aria-label={texts.stage}>
      {state.tiles.length === 1 && <p class="visio-alone small">{texts.alone}</p>}
      {arranged.kind === 'focus' && arranged.shares.length > 1 && (
        <Shares shares={arranged.shares} large={arranged.large} />
      )}
      <div ref={element} class={cx('visio-scene', arranged.kind, upright && 'upright')}>
        {arranged.kind === 'grid' ? (
          <Grid
            inside={inside}
            tiles={arranged.tiles}
            reacted={reacted}
            size={{ width: size.width - gap, height: size.height - (gap + 1) }}
          />
        ) : (
          <>
            <ul class="visio-main" aria-label={texts.large}>
              <TileView
                key={arranged.large.key}
                call={call}
                tile={arranged.large}
                large
                reaction={reacted[arranged.large.identity]}
              />
            </ul>
            {arranged.beside.length > 0 && (
              // A strip that overflows is scrolled by its own tiles' buttons and by the arrow keys.
              // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              <ul class="visio-strip" aria-label={texts.others} tabIndex={0}>
                {arranged.beside.map((tile) => (
                  <TileView key={tile.key} call={call} tile={tile} reaction={reacted[tile.identity]} />
                ))}
              </ul>
            )}
          </>
        )}
      </div>
      <Captions call={call} />
    </main>
  );
}
