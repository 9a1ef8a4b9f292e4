import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { announcement } from '../lib/a11y/announce';
import { useText } from '../lib/i18n';
import { store, useStore } from '../lib/store';
import { IconButton } from './button';
import { cx } from './cx';
import { kitTexts } from './i18n';
import { Icon } from './icon';
import { circleCheckIcon, infoIcon, triangleAlertIcon, xIcon } from './icons';

export type Tone = 'neutral' | 'primary' | 'accent' | 'ok' | 'info' | 'danger';

const toneIcons: Record<Tone, string> = {
  neutral: infoIcon,
  primary: infoIcon,
  info: infoIcon,
  accent: triangleAlertIcon,
  ok: circleCheckIcon,
  danger: triangleAlertIcon,
};

/** A message that stays in the page, beside what it is about. A refusal is spoken at once. */
export function Banner({
  tone,
  title,
  children,
  action,
}: {
  tone: Tone;
  title?: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
}) {
  return (
    <div class={cx('banner', `tone-${tone}`)} role={tone === 'danger' ? 'alert' : undefined}>
      <Icon d={toneIcons[tone]} />
      <div class="banner-text">
        {title && <div class="strong">{title}</div>}
        {children}
      </div>
      {action}
    </div>
  );
}

interface ToastItem {
  id: number;
  text: string;
  tone: 'ok' | 'danger';
  action?: { label: string; run: () => void };
}

const toasts = store<ToastItem[]>([]);
let lastToast = 0;
const toastMs = 8000;

const dismiss = (id: number) => toasts.set(toasts.get().filter((item) => item.id !== id));

/** Says what has just been done. Nothing needed to go on may live only here: it leaves after a while. */
export function toast(
  text: string,
  options: { tone?: 'ok' | 'danger'; action?: ToastItem['action'] } = {},
): void {
  lastToast += 1;
  const item: ToastItem = { id: lastToast, text, tone: options.tone ?? 'ok' };
  if (options.action) item.action = options.action;
  toasts.set([...toasts.get().slice(-2), item]);
}

function ToastView({ item }: { item: ToastItem }) {
  const texts = useText(kitTexts);
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismiss(item.id), toastMs);
    return () => clearTimeout(timer);
  }, [held, item.id]);
  return (
    // Holding the pointer or the focus on a toast only keeps it longer; nothing is done by it.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      class={cx('toast', item.tone === 'danger' && 'toast-danger')}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <span class="grow">{item.text}</span>
      {item.action && (
        <button
          type="button"
          class="button button-ghost button-s"
          onClick={() => {
            item.action?.run();
            dismiss(item.id);
          }}
        >
          {item.action.label}
        </button>
      )}
      <IconButton label={texts.dismiss} icon={xIcon} onClick={() => dismiss(item.id)} />
    </div>
  );
}

/** Mounted once by the shell: the toasts, and the invisible line that says titles and counts. */
export function LiveRegions() {
  const items = useStore(toasts);
  const said = useStore(announcement);
  return (
    <>
      <div class="toasts" role="status" aria-live="polite">
        {items.map((item) => (
          <ToastView key={item.id} item={item} />
        ))}
      </div>
      <div class="unseen" aria-live="polite" aria-atomic="true">
        {said.text}
        {said.turn % 2 === 1 ? '\u00a0' : ''}
      </div>
    </>
  );
}

/** Nothing under 300 ms; then words, spoken once. */
export function Loading() {
  const texts = useText(kitTexts);
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" class="muted loading">
      {late ? texts.loading : ''}
    </div>
  );
}

/** First load only: the shape of what comes, still (no shimmer). */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div class="stack" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} class="skeleton skeleton-block" />
      ))}
    </div>
  );
}

/** One sentence that says what will appear here, and one action. */
export function EmptyState({
  children,
  action,
}: {
  children: ComponentChildren;
  action?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}
