import { useAction } from '../../lib/action';
import { useText } from '../../lib/i18n';
import { Icon } from '../../ui/icon';
import { ellipsisIcon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/popover';
import type { Host } from '../api';
import type { Tile } from '../call';
import { roomTexts } from '../room-texts';

/** What a host does to one person. */
export function PersonMenu({ tile, host }: { tile: Tile; host: Host }) {
  const texts = useText(roomTexts);
  const act = useAction((run: () => Promise<unknown>) => run());
  const { identity } = tile;
  const entries: [string, () => Promise<unknown>, boolean][] = [
    [texts.mute, () => host.mute(identity), false],
    ...(tile.hand
      ? [
          [texts.lowerTheirs, () => host.lowerHand(identity), false] as [
            string,
            () => Promise<unknown>,
            boolean,
          ],
        ]
      : []),
    ...(tile.verified && !tile.host
      ? [[texts.makeHost, () => host.makeHost(identity), false] as [string, () => Promise<unknown>, boolean]]
      : []),
    [texts.remove, () => host.remove(identity, false), true],
    [texts.bar, () => host.remove(identity, true), true],
  ];
  return (
    <Menu
      label={texts.actionsOn(tile.name)}
      trigger={(trigger) => (
        <button type="button" class="icon-button" aria-label={texts.actionsOn(tile.name)} {...trigger}>
          <Icon d={ellipsisIcon} />
        </button>
      )}
    >
      {(close) =>
        entries.map(([label, run, danger]) => (
          <MenuItem
            key={label}
            danger={danger}
            onClick={() => {
              close();
              act.run(run);
            }}
          >
            {label}
          </MenuItem>
        ))
      }
    </Menu>
  );
}
