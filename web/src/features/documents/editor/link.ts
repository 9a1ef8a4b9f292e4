import { Mark } from '@tiptap/core';
import { linkTarget } from './blocks';

/** A link to an address that linkTarget accepts; any other, pasted or sent by somebody else's client, leads nowhere. */
export const Link = Mark.create({
  name: 'link',
  inclusive: false,
  addAttributes: () => ({ href: { default: null } }),
  parseHTML: () => [
    {
      tag: 'a[href]:not([data-mention])',
      getAttrs: (element) => (linkTarget(element.getAttribute('href') ?? '') ? null : false),
    },
  ],
  renderHTML: ({ mark }) => {
    const href = linkTarget(String(mark.attrs['href'] ?? ''));
    return ['a', { ...(href && { href }), rel: 'noopener noreferrer' }, 0];
  },
});
