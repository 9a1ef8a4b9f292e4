import type { Language } from '../api/schema';
import { readSetting, writeSetting } from '../storage';
import { store, useStore } from '../store';

/** A dictionary has the same keys in each language; a text with parts is a function. */
export type Texts<T> = {
  readonly [K in keyof T]: T[K] extends (...parts: infer A) => string
    ? (...parts: A) => string
    : T[K] extends string
      ? string
      : Texts<T[K]>;
};

export interface Dictionary<T> {
  readonly fr: Texts<T>;
  readonly en: Texts<T>;
}

const noBreak = '\u00a0';
const narrow = '\u202f';

/** French spacing: a no-break space before a colon and inside quotes, a narrow one before ; ? and !. */
export function frenchSpacing(text: string): string {
  return text
    .replace(/ :/g, `${noBreak}:`)
    .replace(/ ([;?!»])/g, `${narrow}$1`)
    .replace(/« /g, `«${narrow}`)
    .replace(/(\d) (?=\S)/g, `$1${noBreak}`);
}

function spaced<T extends object>(texts: T): T {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') result[key] = frenchSpacing(value);
    else if (typeof value === 'function') {
      const compose = value as (...parts: unknown[]) => string;
      result[key] = (...parts: unknown[]) => frenchSpacing(compose(...parts));
    } else result[key] = spaced(value as object);
  }
  return result as T;
}

export function dictionary<T extends object>(fr: T, en: Texts<T>): Dictionary<T> {
  return { fr: spaced(fr) as Texts<T>, en };
}

function initialLanguage(): Language {
  const chosen = readSetting('language');
  if (chosen === 'fr' || chosen === 'en') return chosen;
  return 'fr';
}

export const language = store<Language>(initialLanguage());

export function setLanguage(next: Language): void {
  writeSetting('language', next);
  document.documentElement.lang = next;
  language.set(next);
}

export const useLanguage = (): Language => useStore(language);

/** The texts of a feature in the person's language; the component follows a change of language. */
export function useText<T>(texts: Dictionary<T>): Texts<T> {
  return texts[useLanguage()];
}

export function textNow<T>(texts: Dictionary<T>): Texts<T> {
  return texts[language.get()];
}

/** In French zero and one are singular; in English only one is. */
export function plural(count: number, one: string, many: string): string {
  const singular = language.get() === 'fr' ? Math.abs(count) < 2 : Math.abs(count) === 1;
  return `${formatCount(count)} ${singular ? one : many}`;
}

function formatCount(count: number): string {
  return new Intl.NumberFormat(language.get()).format(count);
}
