import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { placeUnder } from './place';

const delayMs = 500;

/**
 * Shows the name of the control inside on hover and on keyboard focus; Escape hides it (WCAG 1.4.13).
 * The control already carries the name, so assistive tools are not told twice.
 */
export function Tooltip({ text, children }: { text: string; children: ComponentChildren }) {
  const anchor = useRef<HTMLSpanElement>(null);
  const bubble = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    if (!open || !anchor.current || !bubble.current) return;
    bubble.current.showPopover();
    placeUnder(anchor.current, bubble.current, 'center');
    const hide = (event: KeyboardEvent) => event.key === 'Escape' && setOpen(false);
    document.addEventListener('keydown', hide);
    return () => document.removeEventListener('keydown', hide);
  }, [open]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const later = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(true), delayMs);
  };
  const hide = () => {
    clearTimeout(timer.current);
    setOpen(false);
  };
  return (
    // The span only watches the control inside; it is not a control itself.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <span
      ref={anchor}
      class="tooltip-anchor"
      onMouseEnter={later}
      onMouseLeave={hide}
      onFocusIn={(event) => (event.target as HTMLElement).matches(':focus-visible') && later()}
      onFocusOut={hide}
      onMouseDown={hide}
    >
      {children}
      {open && (
        <span ref={bubble} popover="manual" class="tooltip" role="tooltip" aria-hidden="true">
          {text}
        </span>
      )}
    </span>
  );
}
