/** How a comment names a person: @[Name](id). */
const mention = /@\[([^\]\n]*)\]\(([0-9a-z]{26})\)/g;

export interface Named {
  id: string;
  name: string;
}

/** Plain text and people, in turn. */
export function partsOf(text: string): (string | Named)[] {
  const result: (string | Named)[] = [];
  let from = 0;
  for (const found of text.matchAll(mention)) {
    if (found.index > from) result.push(text.slice(from, found.index));
    result.push({ name: found[1] ?? '', id: found[2] ?? '' });
    from = found.index + found[0].length;
  }
  if (from < text.length) result.push(text.slice(from));
  return result;
}

/** What was typed, with the people chosen in it; a longer name is looked for first ("Ada Martin" before "Ada"). */
export function withMentions(typed: string, chosen: readonly Named[]): string {
  const names = [...chosen].sort((a, b) => b.name.length - a.name.length);
  let result = '';
  for (let at = 0; at < typed.length;) {
    const named = names.find((one) => typed.startsWith(`@${one.name}`, at));
    result += named ? `@[${named.name}](${named.id})` : typed.charAt(at);
    at += named ? named.name.length + 1 : 1;
  }
  return result;
}

/** The name being typed before the cursor, from two letters on. */
export const typedName = (before: string): string | undefined =>
  /(?:^|\s)@([\p{L}][\p{L}'’ -]{1,40})$/u.exec(before)?.[1];
