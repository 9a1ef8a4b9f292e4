import { useAction } from '../../lib/action';
import { useText } from '../../lib/i18n';
import { toast } from '../../ui/feedback';
import { Icon } from '../../ui/icon';
import { ellipsisIcon } from '../../ui/icons';
import { Menu, MenuItem } from '../../ui/popover';
import type { Host } from '../api';
import type { Tile } from '../call';
import { hostTexts } from '../host-texts';
import { excluded } from './forbidden';

interface Act {
  label: string;
  run: () => Promise<unknown>;
  danger?: boolean;
}

/** What a host does to one person. */
export function PersonMenu({ tile, sharing, host }: { tile: Tile; sharing: boolean; host: Host }) {
  const texts = useText(hostTexts);
  const act = useAction((run: () => Promise<unknown>) => run());
  const { identity } = tile;
  const exclude = async () => {
    await host.remove(identity, true);
    if (!tile.verified) toast(texts.guestBarred);
    excluded.set(excluded.get() + 1);
  };
  const acts: (Act | false)[] = [
    !tile.muted && { label: texts.mute, run: () => host.mute(identity, 'microphone') },
    tile.video !== undefined && { label: texts.stopCamera, run: () => host.mute(identity, 'camera') },
    sharing && { label: texts.stopShare, run: () => host.mute(identity, 'screen_share') },
    tile.hand !== '' && { label: texts.lowerTheirs, run: () => host.lowerHand(identity) },
    tile.verified && {
      label: tile.host ? texts.unmakeHost : texts.makeHost,
      run: () => host.makeHost(identity, !tile.host),
    },
    { label: texts.remove, run: () => host.remove(identity, false), danger: true },
    { label: texts.bar, run: exclude, danger: true },
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
        acts
          .filter((one) => one !== false)
          .map(({ label, run, danger }) => (
            <MenuItem
              key={label}
              danger={danger ?? false}
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
