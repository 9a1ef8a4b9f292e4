import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Link } from 'wouter';
import { hueOf, initials } from '../lib/format';
import { useText } from '../lib/i18n';
import { cx } from './cx';
import type { Tone } from './feedback';
import { kitTexts } from './i18n';
import { Icon } from './icon';

interface Named {
  id: string;
  name: string;
}

/** Initials on a hue, drawn by the style sheet. Decorative: the name is always written or labelled beside it. The hue comes from
 * the name, the one thing that is the same whether a message or the directory tells of a person. */
export function Avatar({ name, size }: Omit<Named, 'id'> & { id?: string } & { size?: 's' | 'l' }) {
  return (
    <span
      class={cx('avatar', size && `avatar-${size}`, `hue-${hueOf(name)}`)}
      data-initials={initials(name)}
      aria-hidden="true"
    />
  );
}

export function AvatarStack({ people, shown = 4 }: { people: Named[]; shown?: number }) {
  const texts = useText(kitTexts);
  if (people.length === 0) return null;
  const rest = people.length - shown;
  const names = people.slice(0, shown).map((person) => person.name);
  if (rest > 0) names.push(texts.others(rest));
  return (
    <span class="avatar-stack" role="img" aria-label={names.join(', ')}>
      {people.slice(0, shown).map((person) => (
        <Avatar key={person.id} id={person.id} name={person.name} />
      ))}
    </span>
  );
}

export function SpaceTile({ id, name, large }: Named & { large?: boolean }) {
  return (
    <span
      class={cx('tile', 'tile-space', large && 'tile-l', `hue-${hueOf(id)}`)}
      data-initials={initials(name)}
      aria-hidden="true"
    />
  );
}

export function IconTile({ icon, tone = 'neutral' }: { icon: string; tone?: Tone }) {
  return (
    <span class={cx('tile', `tone-${tone}`)}>
      <Icon d={icon} />
    </span>
  );
}

export function Tag({
  tone = 'neutral',
  icon,
  children,
}: {
  tone?: Tone;
  icon?: string;
  children: ComponentChildren;
}) {
  return (
    <span class={cx('tag', `tone-${tone}`)}>
      {icon && <Icon d={icon} />}
      {children}
    </span>
  );
}

/** A count on an icon. `label` is the whole phrase ("4 messages non lus"); zero shows nothing. */
export function Badge({ count, label }: { count: number; label: string }) {
  if (count <= 0) return null;
  return (
    <span class="badge">
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span class="unseen"> {label}</span>
    </span>
  );
}

export function Card({ children, pad = true }: { children: ComponentChildren; pad?: boolean }) {
  return <div class={cx('card', pad && 'card-pad')}>{children}</div>;
}

/** A titled part of a page, with at most one way further. */
export function Section({
  title,
  action,
  card,
  children,
}: {
  title: string;
  action?: ComponentChildren;
  card?: boolean;
  children: ComponentChildren;
}) {
  return (
    <section class={cx(card && 'card card-pad')} aria-label={title}>
      <div class="section-head">
        <h2>{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}

export const TextLink = ({ href, children }: { href: string; children: ComponentChildren }) => (
  <Link href={href} class="link">
    {children}
  </Link>
);

export function List({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <ul class="card list" aria-label={label}>
      {children}
    </ul>
  );
}

export function ListRow({
  leading,
  title,
  detail,
  actions,
}: {
  leading?: ComponentChildren;
  title: ComponentChildren;
  detail?: ComponentChildren;
  actions?: ComponentChildren;
}) {
  return (
    <li>
      {leading}
      <div class="grow">
        <div class="list-title">{title}</div>
        {detail && <div class="list-detail">{detail}</div>}
      </div>
      {actions && <div class="list-actions">{actions}</div>}
    </li>
  );
}

export function PageHeader({
  title,
  detail,
  actions,
}: {
  title: string;
  detail?: ComponentChildren;
  actions?: ComponentChildren;
}) {
  return (
    <div class="page-head">
      <div class="grow">
        <h1 tabIndex={-1}>{title}</h1>
        {detail && <p>{detail}</p>}
      </div>
      {actions && <div class="list-actions">{actions}</div>}
    </div>
  );
}

export interface TabLink {
  href: string;
  label: string;
  icon?: string;
  current: boolean;
  count?: number;
  countLabel?: string;
}

/** Tabs that are links: they open in another window, survive a reload and are in the history. */
export function Tabs({ label, tabs }: { label: string; tabs: TabLink[] }) {
  const nav = useRef<HTMLElement>(null);
  const current = tabs.find((tab) => tab.current)?.href;
  useEffect(() => {
    // On a phone the row scrolls: the open tab is brought into sight, without moving the page.
    const link = nav.current?.querySelector<HTMLElement>('[aria-current]');
    if (nav.current && link) nav.current.scrollLeft = link.offsetLeft - nav.current.clientWidth / 3;
  }, [current]);
  return (
    <nav ref={nav} class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.href} href={tab.href} aria-current={tab.current ? 'page' : undefined}>
          {tab.icon && <Icon d={tab.icon} small />}
          {tab.label}
          {tab.count !== undefined && <Badge count={tab.count} label={tab.countLabel ?? ''} />}
        </Link>
      ))}
    </nav>
  );
}

export const Kbd = ({ children }: { children: ComponentChildren }) => <kbd class="kbd">{children}</kbd>;

/** How much of a limit is used. The words beside it give the figures. */
export function Meter({ label, value, max }: { label: string; value: number; max: number }) {
  const share = max > 0 ? Math.min(1, value / max) : 0;
  return (
    <div
      class={cx('meter', share > 0.85 && 'meter-high')}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
    >
      <div class="meter-fill" style={{ width: `${share * 100}%` }} />
    </div>
  );
}

export function ProgressBar({ label, value }: { label: string; value: number }) {
  return <progress class="progress" aria-label={label} max={1} value={value} />;
}
