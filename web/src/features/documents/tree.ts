import type { DocumentEntry } from '../../lib/api/schema';

export interface TreeRow {
  document: DocumentEntry;
  depth: number;
  /** Its place among the pages of the same parent. */
  index: number;
  siblings: number;
  hasChildren: boolean;
}

/** The pages in reading order. A page whose parent cannot be seen stands at the top. */
export function treeRows(documents: readonly DocumentEntry[], closed: ReadonlySet<string>): TreeRow[] {
  const known = new Set(documents.map((document) => document.id));
  const under = new Map<string, DocumentEntry[]>();
  for (const document of documents) {
    const parent =
      document.parent_id !== undefined && known.has(document.parent_id) ? document.parent_id : '';
    under.set(parent, [...(under.get(parent) ?? []), document]);
  }
  for (const list of under.values()) list.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
  const rows: TreeRow[] = [];
  const visited = new Set<string>();
  const walk = (parent: string, depth: number) => {
    const list = under.get(parent) ?? [];
    list.forEach((document, index) => {
      if (visited.has(document.id)) return;
      visited.add(document.id);
      const hasChildren = under.has(document.id);
      rows.push({ document, depth, index, siblings: list.length, hasChildren });
      if (hasChildren && !closed.has(document.id)) walk(document.id, depth + 1);
    });
  };
  walk('', 0);
  return rows;
}

/** The page and everything under it: where it may not be moved. */
export function withDescendants(documents: readonly DocumentEntry[], id: string): Set<string> {
  const found = new Set([id]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const document of documents) {
      if (document.parent_id !== undefined && found.has(document.parent_id)) found.add(document.id);
    }
  }
  return found;
}
