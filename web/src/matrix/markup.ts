/**
 * Message text: a small Markdown that people type, and the HTML subset that Matrix clients exchange
 * (client-server API, "m.room.message msgtypes"). Both become the same tree, shown as DOM nodes, never as HTML text.
 */

export type Mark =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'link'; href: string; inside: Mark[] }
  | { kind: 'mention'; user: string; inside: Mark[] }
  | { kind: 'strong' | 'em' | 'del' | 'code' | 'paragraph' | 'quote' | 'pre' | 'list' | 'numbers' | 'item' | 'heading'; inside: Mark[] };

const safeLink = /^(https?:|mailto:)/i;
const permalink = /^https:\/\/matrix\.to\/#\/(@[^?]+)/;

export function link(href: string, inside: Mark[]): Mark {
  const mention = permalink.exec(decodeURIComponentSafe(href));
  if (mention?.[1]) return { kind: 'mention', user: mention[1], inside };
  return safeLink.test(href) ? { kind: 'link', href, inside } : { kind: 'paragraph', inside };
}

function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const inlineRules = /(`[^`\n]+`)|(\*\*[^*\n]+\*\*)|(~~[^~\n]+~~)|(\*[^*\s][^*\n]*\*|\b_[^_\n]+_\b)|(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/g;

export function inline(text: string): Mark[] {
  const out: Mark[] = [];
  let last = 0;
  for (const found of text.matchAll(inlineRules)) {
    if (found.index > last) out.push({ kind: 'text', text: text.slice(last, found.index) });
    const [whole, code, strong, del, em] = found;
    if (code) out.push({ kind: 'code', inside: [{ kind: 'text', text: whole.slice(1, -1) }] });
    else if (strong) out.push({ kind: 'strong', inside: inline(whole.slice(2, -2)) });
    else if (del) out.push({ kind: 'del', inside: inline(whole.slice(2, -2)) });
    else if (em) out.push({ kind: 'em', inside: inline(whole.slice(1, -1)) });
    else out.push(link(whole, [{ kind: 'text', text: whole }]));
    last = found.index + whole.length;
  }
  if (last < text.length) out.push({ kind: 'text', text: text.slice(last) });
  return out;
}

function lines(text: string[]): Mark[] {
  return text.flatMap((line, index) => (index === 0 ? inline(line) : [{ kind: 'break' }, ...inline(line)]));
}

const bullet = /^\s*[-*]\s+/;
const numbered = /^\s*\d+[.)]\s+/;

/** The tree of what a person typed. */
export function markdown(text: string): Mark[] {
  const out: Mark[] = [];
  const rest = text.replace(/\r\n?/g, '\n').split('\n');
  const take = (matches: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    while (rest[0] !== undefined && matches(rest[0])) taken.push(rest.shift() ?? '');
    return taken;
  };
  const list = (kind: 'list' | 'numbers', marker: RegExp) =>
    out.push({
      kind,
      inside: take((line) => marker.test(line)).map((line) => ({ kind: 'item', inside: inline(line.replace(marker, '')) })),
    });
  while (rest.length > 0) {
    const line = rest[0] ?? '';
    if (line.startsWith('```')) {
      rest.shift();
      const code = take((inside) => !inside.startsWith('```'));
      rest.shift();
      out.push({ kind: 'pre', inside: [{ kind: 'text', text: code.join('\n') }] });
    } else if (bullet.test(line)) list('list', bullet);
    else if (numbered.test(line)) list('numbers', numbered);
    else if (line.startsWith('>')) {
      out.push({ kind: 'quote', inside: lines(take((quoted) => quoted.startsWith('>')).map((quoted) => quoted.replace(/^>\s?/, ''))) });
    } else if (line.trim() === '') rest.shift();
    else {
      const plain = (inside: string) =>
        inside.trim() !== '' && !inside.startsWith('```') && !inside.startsWith('>') && !bullet.test(inside) && !numbered.test(inside);
      out.push({ kind: 'paragraph', inside: lines(take(plain)) });
    }
  }
  return out;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
const unescape = (text: string): string =>
  text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return entities[name.toLowerCase()] ?? whole;
    const code = name[1]?.toLowerCase() === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

type Container = Extract<Mark, { inside: Mark[] }>;
type PlainKind = Exclude<Container['kind'], 'link' | 'mention'>;

const kinds: Record<string, PlainKind> = {
  b: 'strong', strong: 'strong', i: 'em', em: 'em', del: 'del', s: 'del', strike: 'del', code: 'code', pre: 'pre', p: 'paragraph',
  div: 'paragraph', blockquote: 'quote', ul: 'list', ol: 'numbers', li: 'item', h1: 'heading', h2: 'heading', h3: 'heading',
  h4: 'heading', h5: 'heading', h6: 'heading',
};
const dropped = new Set(['script', 'style', 'mx-reply', 'title']);
const mostDepth = 40;
const tag = /<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*\/?>|<!--[\s\S]*?-->/gi;
const hrefOf = (attributes: string): string => unescape(/\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(attributes)?.slice(1).find(Boolean) ?? '');

/** The tree of another client's HTML: known tags only, links to the web only, everything else is its text. */
export function html(source: string): Mark[] {
  const root: { inside: Mark[] } = { inside: [] };
  const open: { name: string; node: { inside: Mark[] } }[] = [{ name: '', node: root }];
  let skipping: string | undefined;
  let last = 0;
  const text = (until: number) => {
    const raw = source.slice(last, until);
    const inPre = open.some((entry) => entry.name === 'pre');
    const shown = unescape(inPre ? raw : raw.replace(/\s+/g, ' '));
    if (shown !== '' && !skipping && !(shown === ' ' && open.length === 1)) open.at(-1)?.node.inside.push({ kind: 'text', text: shown });
  };
  for (const found of source.matchAll(tag)) {
    text(found.index);
    last = found.index + found[0].length;
    const [, slash, rawName = '', attributes = ''] = found;
    const name = rawName.toLowerCase();
    if (skipping) {
      if (slash && name === skipping) skipping = undefined;
    } else if (slash) {
      const index = open.findLastIndex((entry) => entry.name === name);
      if (index > 0) open.length = index;
    } else if (dropped.has(name)) skipping = name;
    else if (name === 'br') open.at(-1)?.node.inside.push({ kind: 'break' });
    else if ((name in kinds || name === 'a') && open.length < mostDepth) {
      const inside: Mark[] = [];
      const kind = kinds[name];
      const node: Mark = kind ? { kind, inside } : link(hrefOf(attributes), inside);
      open.at(-1)?.node.inside.push(node);
      open.push({ name, node: { inside } });
    }
  }
  text(source.length);
  return root.inside;
}

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
const tags: Record<PlainKind, string> = {
  strong: 'strong', em: 'em', del: 'del', code: 'code', pre: 'pre', paragraph: 'p', quote: 'blockquote', list: 'ul', numbers: 'ol',
  item: 'li', heading: 'h3',
};

/** For other clients: the same tree as HTML text. */
export function toHtml(marks: readonly Mark[]): string {
  return marks
    .map((mark) => {
      if (mark.kind === 'text') return escape(mark.text);
      if (mark.kind === 'break') return '<br>';
      const inside = toHtml(mark.inside);
      if (mark.kind === 'link') return `<a href="${escape(mark.href)}">${inside}</a>`;
      if (mark.kind === 'mention') return `<a href="https://matrix.to/#/${encodeURIComponent(mark.user)}">${inside}</a>`;
      return mark.kind === 'pre' ? `<pre><code>${inside}</code></pre>` : `<${tags[mark.kind]}>${inside}</${tags[mark.kind]}>`;
    })
    .join('');
}

const plainKinds = new Set(['text', 'break', 'paragraph']);
/** True when the text says no more than itself: then no HTML is sent. */
export const isPlain = (marks: readonly Mark[]): boolean =>
  marks.length <= 1 && marks.every((mark) => plainKinds.has(mark.kind) && (!('inside' in mark) || mark.inside.every((inner) => plainKinds.has(inner.kind))));
