import type { Tile } from './call';

/** What one chooses: by what is going on, everybody alike, or whoever speaks. */
export const layouts = ['auto', 'grid', 'speaker'] as const;
export type Layout = (typeof layouts)[number];

export interface View {
  layout: Layout;
  /** The key of the tile that one wants large, whatever happens. */
  pinned: string | undefined;
  hideSelf: boolean;
  /** The identity of whoever speaks, once that is settled. */
  speaker: string | undefined;
  /** The key of the shared screen that one looks at. */
  share: string | undefined;
}

export type Arranged =
  | { kind: 'grid'; tiles: Tile[] }
  /** `large` with everybody else beside it. */
  | { kind: 'focus'; large: Tile; beside: Tile[]; shares: Tile[] };

/** Which tile is large, if one is, and which are beside it. */
export function arrange(all: Tile[], view: View): Arranged {
  const shares = all.filter((tile) => tile.screen);
  const others = all.filter((tile) => !tile.self);
  // One's own tile goes away only when somebody else is there to be seen.
  const faces = all.filter((tile) => !tile.screen && !(view.hideSelf && tile.self && others.length > 0));
  const large =
    all.find((tile) => tile.key === view.pinned) ??
    (view.layout === 'grid' ? undefined : largeOf(shares, faces, view));
  if (!large) return { kind: 'grid', tiles: [...shares, ...faces] };
  return { kind: 'focus', large, beside: faces.filter((tile) => tile !== large), shares };
}

function largeOf(shares: Tile[], faces: Tile[], view: View): Tile | undefined {
  // The newest screen, unless one looks at another; one's own is for the others.
  const share =
    shares.find((tile) => tile.key === view.share) ??
    shares.filter((tile) => !tile.self).at(-1) ??
    shares.at(-1);
  if (share) return share;
  if (view.layout !== 'speaker' || faces.length < 2) return undefined;
  return faces.find((tile) => tile.identity === view.speaker) ?? faces.find((tile) => !tile.self) ?? faces[0];
}

export interface Size {
  width: number;
  height: number;
}
export interface Cells extends Size {
  columns: number;
}

export const gap = 12;
const widest = 16 / 9;
/** Never thinner than this: lying windows have room beside, upright ones do not. */
const narrowest = { lying: 5 / 4, upright: 3 / 4 };
const leastCell: Size = { width: 132, height: 88 };
/** At most so many images at once, by the width of the window: each costs the line and the processor. */
const mostByWidth = [
  { width: 1600, tiles: 25 },
  { width: 1024, tiles: 16 },
  { width: 600, tiles: 9 },
  { width: 0, tiles: 6 },
];

/** The largest cells, no wider than a camera's picture, for so many tiles. */
export function cellsFor(count: number, { width, height }: Size): Cells {
  const least = width > height ? narrowest.lying : narrowest.upright;
  let best: Cells = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(count / columns);
    let cellWidth = (width - gap * (columns - 1)) / columns;
    let cellHeight = (height - gap * (rows - 1)) / rows;
    if (cellWidth > cellHeight * widest) cellWidth = cellHeight * widest;
    if (cellWidth < cellHeight * least) cellHeight = cellWidth / least;
    if (cellWidth * cellHeight > best.width * best.height)
      best = { columns, width: Math.floor(cellWidth), height: Math.floor(cellHeight) };
  }
  return best;
}

/** How many tiles one page of the grid holds. */
export function pageCapacity(size: Size): number {
  let count = mostByWidth.find(({ width }) => size.width >= width)?.tiles ?? 1;
  for (; count > 1; count -= 1) {
    const cells = cellsFor(count, size);
    if (cells.width >= leastCell.width && cells.height >= leastCell.height) break;
  }
  return count;
}

export interface Page {
  tiles: Tile[];
  page: number;
  pages: number;
}
export function pageOf(tiles: Tile[], wanted: number, capacity: number): Page {
  const pages = Math.max(1, Math.ceil(tiles.length / capacity));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  return { tiles: tiles.slice(page * capacity, (page + 1) * capacity), page, pages };
}

/**
 * Whoever speaks and would be on a later page takes the place of the one on the first page who has been silent
 * longest. The others stay where they are, so that nobody has to be looked for.
 */
export function bringForward(tiles: Tile[], capacity: number, spokeAt: ReadonlyMap<string, number>): Tile[] {
  const at = (tile: Tile) => spokeAt.get(tile.identity) ?? 0;
  const order = [...tiles];
  const later = order
    .slice(capacity)
    .filter((tile) => at(tile) > 0)
    .sort((a, b) => at(b) - at(a));
  for (const tile of later) {
    const stays = (one: Tile) => one.self || one.screen || one.hand !== '';
    const quiet = order
      .slice(0, capacity)
      .filter((one) => !stays(one))
      .sort((a, b) => at(a) - at(b))[0];
    if (!quiet || at(quiet) >= at(tile)) break;
    const [from, to] = [order.indexOf(tile), order.indexOf(quiet)];
    order[to] = tile;
    order[from] = quiet;
  }
  return order;
}
