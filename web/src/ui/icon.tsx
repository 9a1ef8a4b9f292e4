import { cx } from './cx';

/** A decorative icon: the words beside it, or the control's label, carry the meaning. */
export function Icon({ d, small }: { d: string; small?: boolean }) {
  return (
    <svg class={cx('icon', small && 'icon-s')} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={d} />
    </svg>
  );
}

/** The arch, the mark of Parvis. */
export function Mark({ size = 34 }: { size?: number }) {
  return (
    <svg viewBox="0 0 40 40" width={size} height={size} fill="none" aria-hidden="true" focusable="false">
      <path d="M6 33V19a14 14 0 0 1 28 0v14" stroke="currentColor" stroke-width="4" stroke-linecap="round" />
      <path
        d="M14.5 33V20.5a5.5 5.5 0 0 1 11 0V33"
        stroke="currentColor"
        stroke-width="4"
        stroke-linecap="round"
        opacity=".45"
      />
      <path d="M3 37.5h34" stroke="currentColor" stroke-width="3.2" stroke-linecap="round" />
    </svg>
  );
}
