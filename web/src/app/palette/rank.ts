import { fold } from '../../lib/format';

/** Where the query stands in a name: at its start, at the start of a word, inside; undefined when absent. */
export function rank(name: string, query: string): number | undefined {
  const text = fold(name);
  const wanted = fold(query.trim());
  if (wanted === '' || text.startsWith(wanted)) return 0;
  const at = text.search(new RegExp(`[\\s'’_-]${wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
  if (at >= 0) return 1;
  return text.includes(wanted) ? 2 : undefined;
}

/** Keeps what matches, prefixes first, order kept otherwise. */
export function ranked<T>(items: readonly T[], query: string, name: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, at: rank(name(item), query) }))
    .filter((entry): entry is { item: T; at: number } => entry.at !== undefined)
    .sort((a, b) => a.at - b.at)
    .map((entry) => entry.item);
}

export type Scope = 'all' | 'actions' | 'people' | 'rooms';

/** `>` actions, `@` people, `#` discussions. */
export function parseQuery(input: string): { scope: Scope; text: string } {
  const scopes: Record<string, Scope> = { '>': 'actions', '@': 'people', '#': 'rooms' };
  const scope = scopes[input.charAt(0)];
  return scope ? { scope, text: input.slice(1).trim() } : { scope: 'all', text: input.trim() };
}
