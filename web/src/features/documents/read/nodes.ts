import { h, type VNode } from 'preact';

/** Elements of a document and the attributes each may keep. What is not listed gives way to its content. */
const allowed: Record<string, readonly string[]> = {
  p: [],
  h1: [],
  h2: [],
  h3: [],
  h4: [],
  h5: [],
  h6: [],
  ul: ['data-type'],
  ol: ['start'],
  li: ['data-checked', 'data-type'],
  blockquote: [],
  pre: [],
  code: [],
  hr: [],
  br: [],
  img: ['src', 'alt', 'title', 'width'],
  table: [],
  thead: [],
  tbody: [],
  tr: [],
  th: ['colspan', 'rowspan'],
  td: ['colspan', 'rowspan'],
  strong: [],
  em: [],
  u: [],
  s: [],
  mark: [],
  sub: [],
  sup: [],
  a: ['href', 'rel', 'data-mention'],
  span: ['data-mention'],
  div: [],
  label: [],
  input: ['checked', 'aria-label'],
};
const dropped = new Set(['script', 'style', 'template', 'iframe', 'object', 'svg', 'math']);
const most = 100_000;

const safeLink = (value: string) => /^(https?:\/\/|mailto:|#|\/(?!\/))/i.test(value);
const safeImage = (value: string) => /^\/api\/v1\/files\/[^/]+\/(content|preview)$/.test(value);

function propsOf(element: Element, name: string): Record<string, string | number | boolean> {
  const props: Record<string, string | number | boolean> = {};
  for (const key of allowed[name] ?? []) {
    const value = element.getAttribute(key);
    if (value === null) continue;
    if (key === 'href' && !safeLink(value)) continue;
    if (key === 'src' && !safeImage(value)) continue;
    props[key] = key === 'checked' ? true : value;
  }
  if (name === 'input') return { ...props, type: 'checkbox', disabled: true };
  // Wide tables scroll: without a mouse, too.
  if (name === 'table') return { ...props, tabIndex: 0 };
  if (name === 'img') return { alt: '', ...props, loading: 'lazy' };
  if (props['data-mention']) props['class'] = 'doc-mention';
  return props;
}

/** A page of the server as nodes of ours: a list of what may be there, nothing else passes. */
export function nodesOf(root: Node): (VNode | string)[] {
  let left = most;
  const walk = (parent: Node): (VNode | string)[] => {
    const result: (VNode | string)[] = [];
    for (const child of parent.childNodes) {
      left -= 1;
      if (left < 0) break;
      if (child.nodeType === 3) {
        result.push(child.nodeValue ?? '');
        continue;
      }
      if (child.nodeType !== 1) continue;
      const element = child as Element;
      const name = element.localName;
      if (dropped.has(name)) continue;
      if (name in allowed) result.push(h(name, propsOf(element, name), ...walk(element)));
      else result.push(...walk(element));
    }
    return result;
  };
  return walk(root);
}
