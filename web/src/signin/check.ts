import type { SigninTexts } from './texts';

export interface Entered {
  name: string;
  email: string;
  password: string;
}

const shortestPassword = 12;

export type Field = keyof Entered;

/** What the page can tell before asking the server; the server checks again. */
export function check(
  entered: Entered,
  invited: boolean,
  texts: SigninTexts,
): Partial<Record<Field, string>> {
  const problems: Partial<Record<Field, string>> = {};
  if (entered.email.trim() === '') problems.email = texts.emailMissing;
  else if (!/^[^\s@]+@[^\s@]+$/.test(entered.email.trim())) problems.email = texts.emailWrong;
  if (entered.password === '') problems.password = texts.passwordMissing;
  else if (invited && entered.password.length < shortestPassword) problems.password = texts.passwordShort;
  if (invited && entered.name.trim() === '') problems.name = texts.nameMissing;
  return problems;
}

/** Where to go once signed in: a path of this site and nothing else. */
export function destination(search: string): string {
  const wanted = new URLSearchParams(search).get('suite') ?? '/';
  return /^\/(?![/\\])/.test(wanted) ? wanted : '/';
}
