import type { ComponentChildren, JSX } from 'preact';
import { Link } from 'wouter';
import { cx } from './cx';
import { Icon } from './icon';
import { Tooltip } from './tooltip';

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger';

interface Look {
  variant?: ButtonVariant;
  small?: boolean;
  icon?: string;
  children: ComponentChildren;
}

type ButtonProps = Look &
  Omit<JSX.IntrinsicElements['button'], 'icon' | 'size'> & {
    /** The action is under way: a second click does nothing, the control keeps its place and focus. */
    busy?: boolean;
  };

const look = ({ variant = 'secondary', small }: Pick<Look, 'variant' | 'small'>) =>
  cx('button', variant !== 'secondary' && `button-${variant}`, small && 'button-s');

export function Button({ variant, small, icon, busy, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={look({ ...(variant && { variant }), ...(small !== undefined && { small }) })}
      aria-disabled={busy ? 'true' : undefined}
      aria-busy={busy ? 'true' : undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {icon && <Icon d={icon} />}
      {children}
    </button>
  );
}

/** A link that looks like a button: it goes somewhere, it does not act. */
export function ButtonLink({
  href,
  variant,
  small,
  icon,
  children,
  label,
}: Look & { href: string; label?: string }) {
  return (
    <Link
      href={href}
      class={look({ ...(variant && { variant }), ...(small !== undefined && { small }) })}
      aria-label={label}
    >
      {icon && <Icon d={icon} />}
      {children}
    </Link>
  );
}

type IconButtonProps = Omit<JSX.IntrinsicElements['button'], 'icon' | 'label'> & {
  label: string;
  icon: string;
  round?: boolean;
  children?: ComponentChildren;
};

/** Only an icon to see, so its name is both its label and its tooltip. */
export function IconButton({ label, icon, round, children, class: more, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <button
        type="button"
        {...rest}
        class={cx('icon-button', round && 'icon-button-round', typeof more === 'string' && more)}
        aria-label={label}
      >
        <Icon d={icon} />
        {children}
      </button>
    </Tooltip>
  );
}
