import type { SpaceBrief } from './api/schema';

/** The address of a space, or of one of its tabs. */
export function spacePath(space: Pick<SpaceBrief, 'kind' | 'slug'>, tab?: string): string {
  const base = `/${space.kind === 'community' ? 'c' : 'p'}/${encodeURIComponent(space.slug)}`;
  return tab ? `${base}/${tab}` : base;
}

export function signInPath(from: string): string {
  return from === '/' ? '/connexion' : `/connexion?suite=${encodeURIComponent(from)}`;
}
