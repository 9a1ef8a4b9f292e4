import type { ComponentChildren } from 'preact';
import { cx } from '../ui/cx';
import { Icon } from '../ui/icon';
import { checkIcon } from '../ui/icons';

/** An entry that is on or off, or one of several (`radio`); the mark says which. */
export function MenuCheck({
  checked,
  radio,
  children,
  onClick,
}: {
  checked: boolean;
  radio?: boolean;
  children: ComponentChildren;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      role={radio ? 'menuitemradio' : 'menuitemcheckbox'}
      aria-checked={checked}
      tabIndex={-1}
      class="menu-item"
      onClick={onClick}
    >
      <span class={cx('menu-mark', !checked && 'menu-unmarked')}>
        <Icon d={checkIcon} small />
      </span>
      <span class="grow">{children}</span>
    </button>
  );
}
