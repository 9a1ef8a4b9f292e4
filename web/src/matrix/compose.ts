import type { Content } from './types';
import { html, isPlain, markdown, toHtml, type Mark } from './markup';
import type { Member } from './room';

/** Replaces @Name by a mention in the texts of a tree. */
function withMentions(marks: readonly Mark[], people: readonly Member[], found: Set<string>): Mark[] {
  const names = [...people].sort((a, b) => b.name.length - a.name.length);
  const split = (text: string): Mark[] => {
    for (const person of names) {
      const at = text.indexOf(`@${person.name}`);
      if (at < 0) continue;
      found.add(person.id);
      const mention: Mark = { kind: 'mention', user: person.id, inside: [{ kind: 'text', text: person.name }] };
      return [...split(text.slice(0, at)), mention, ...split(text.slice(at + person.name.length + 1))];
    }
    return text === '' ? [] : [{ kind: 'text', text }];
  };
  return marks.flatMap((mark): Mark[] => {
    if (mark.kind === 'text') return split(mark.text);
    if (mark.kind === 'break' || mark.kind === 'code' || mark.kind === 'pre') return [mark];
    return [{ ...mark, inside: withMentions(mark.inside, people, found) }];
  });
}

export interface Draft {
  text: string;
  /** People chosen with @ while typing. */
  mentioned: readonly Member[];
  replyTo?: string | undefined;
  thread?: string | undefined;
}

/** The content of a text message: plain body, HTML when there is more to say, mentions and relations. */
export function textContent(draft: Draft): Content {
  const text = draft.text.trim();
  const users = new Set<string>();
  const marks = withMentions(markdown(text), draft.mentioned, users);
  const content: Content = { msgtype: 'm.text', body: text, 'm.mentions': users.size > 0 ? { user_ids: [...users] } : {} };
  if (!isPlain(marks)) {
    content.format = 'org.matrix.custom.html';
    content.formatted_body = toHtml(marks);
  }
  return withRelation(content, draft);
}

export function withRelation(content: Content, { replyTo, thread }: Pick<Draft, 'replyTo' | 'thread'>): Content {
  if (thread !== undefined) {
    content['m.relates_to'] = {
      rel_type: 'm.thread',
      event_id: thread,
      is_falling_back: replyTo === undefined,
      'm.in_reply_to': { event_id: replyTo ?? thread },
    };
  } else if (replyTo !== undefined) content['m.relates_to'] = { 'm.in_reply_to': { event_id: replyTo } };
  return content;
}

/** The tree to show for a message, whoever wrote it. */
export function marksOf(content: Content): Mark[] {
  if (content.format === 'org.matrix.custom.html' && typeof content.formatted_body === 'string') return html(content.formatted_body);
  return markdown(typeof content.body === 'string' ? content.body : '');
}
