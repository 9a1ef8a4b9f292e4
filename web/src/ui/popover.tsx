import type { ComponentChildren, JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { nextIndex } from '../lib/a11y/roving';
import { cx } from './cx';
import { placeUnder } from './place';

type TriggerProps = Pick<
  JSX.IntrinsicElements['button'],
  'onClick' | 'onKeyDown' | 'aria-expanded' | 'aria-controls' | 'aria-haspopup'
>;

interface PopoverProps {
  trigger: (props: TriggerProps, open: boolean) => ComponentChildren;
  children: (close: () => void) => ComponentChildren;
  /** The accessible name of the panel. */
  label: string;
  align?: 'start' | 'end';
}

/** A panel under a button. The browser closes it on Escape or on a click elsewhere. */
export function Popover({ trigger, children, label, align = 'end' }: PopoverProps) {
  return (
    <Floating trigger={trigger} align={align} className="popover popover-panel" role="dialog" label={label}>
      {children}
    </Floating>
  );
}

/** Arrow keys move, a letter jumps to the next item that starts with it, Escape closes and gives focus back. */
export function Menu({ trigger, children, label, align = 'end' }: PopoverProps) {
  return (
    <Floating trigger={trigger} align={align} className="popover" role="menu" label={label}>
      {children}
    </Floating>
  );
}

function itemsOf(panel: HTMLElement | null): HTMLElement[] {
  return [...(panel?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
}

function moveFocus(panel: HTMLElement | null, event: KeyboardEvent): void {
  const items = itemsOf(panel);
  const current = items.indexOf(document.activeElement as HTMLElement);
  let next = nextIndex(event.key, current, items.length);
  if (next === undefined && event.key.length === 1 && event.key !== ' ') {
    const wanted = event.key.toLowerCase();
    const order = items.map((_, step) => (current + 1 + step) % items.length);
    next = order.find((index) => items[index]?.textContent?.trim().toLowerCase().startsWith(wanted));
  }
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  items[next]?.focus();
}

function Floating({
  trigger,
  children,
  label,
  align,
  className,
  role,
}: PopoverProps & { align: 'start' | 'end'; className: string; role: 'menu' | 'dialog' }) {
  const id = useId();
  const anchor = useRef<HTMLSpanElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const button = () => anchor.current?.querySelector('button');
  const shownAt = useRef(0);

  const show = () => {
    if (!panel.current || !anchor.current) return;
    setOpen(true);
    panel.current.showPopover();
  };
  const close = () => panel.current?.hidePopover();
  const onToggle = (event: Event & { newState?: string }) => {
    const now = event.newState === 'open';
    setOpen(now);
    if (now && panel.current && anchor.current) {
      placeUnder(anchor.current, panel.current, align);
      if (role === 'menu') itemsOf(panel.current)[0]?.focus();
      else panel.current.focus();
    } else if (!now) {
      shownAt.current = Date.now();
      if (panel.current?.contains(document.activeElement)) button()?.focus();
    }
  };
  return (
    <span class="popover-anchor" ref={anchor}>
      {trigger(
        {
          'aria-expanded': open,
          'aria-controls': id,
          'aria-haspopup': role,
          // A click on the trigger first closes an open panel (light dismiss): it must not open it again.
          onClick: () => (open || Date.now() - shownAt.current < 50 ? close() : show()),
          onKeyDown: (event) => {
            if (role !== 'menu' || event.key !== 'ArrowDown') return;
            event.preventDefault();
            show();
          },
        },
        open,
      )}
      {/* Its role is given; the keys below are those of that role. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        id={id}
        ref={panel}
        popover="auto"
        class={className}
        role={role}
        aria-label={label}
        tabIndex={-1}
        onToggle={onToggle}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            close();
            button()?.focus();
          } else if (role === 'menu') {
            if (event.key === 'Tab') close();
            else moveFocus(panel.current, event);
          }
        }}
      >
        {open && children(close)}
      </div>
    </span>
  );
}

interface ItemProps {
  icon?: ComponentChildren;
  danger?: boolean;
  children: ComponentChildren;
}

export function MenuItem({ icon, danger, children, onClick }: ItemProps & { onClick: () => void }) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      class={cx('menu-item', danger && 'menu-item-danger')}
      onClick={onClick}
    >
      {icon}
      <span class="grow">{children}</span>
    </button>
  );
}

export const MenuLine = () => <hr class="menu-line" />;
