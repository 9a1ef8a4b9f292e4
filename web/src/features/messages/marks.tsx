import type { ComponentChildren } from 'preact';
import type { Mark } from '../../matrix/markup';

const tags = {
  strong: 'strong',
  em: 'em',
  del: 'del',
  code: 'code',
  paragraph: 'p',
  quote: 'blockquote',
  pre: 'pre',
  list: 'ul',
  numbers: 'ol',
  item: 'li',
} as const;

/** The text of a message as elements. Headings are shown as strong lines: a message does not shape the page's outline. */
export function Marks({ marks, me }: { marks: readonly Mark[]; me: string }): ComponentChildren {
  return marks.map((mark, index) => {
    if (mark.kind === 'text') return mark.text;
    if (mark.kind === 'break') return <br key={index} />;
    const inside = <Marks marks={mark.inside} me={me} />;
    if (mark.kind === 'link')
      return (
        <a key={index} href={mark.href} rel="noopener noreferrer nofollow" target="_blank">
          {inside}
        </a>
      );
    if (mark.kind === 'mention')
      return (
        <span key={index} class={mark.user === me ? 'mention mention-me' : 'mention'}>
          @{inside}
        </span>
      );
    if (mark.kind === 'heading')
      return (
        <p key={index} class="strong">
          {inside}
        </p>
      );
    const Tag = tags[mark.kind];
    return <Tag key={index}>{inside}</Tag>;
  });
}
