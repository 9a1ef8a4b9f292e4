import type { Language } from './api/schema';
import { language } from './i18n';

const units: Record<Language, readonly string[]> = {
  fr: ['octets', 'Ko', 'Mo', 'Go', 'To'],
  en: ['bytes', 'KB', 'MB', 'GB', 'TB'],
};

export interface Weight {
  value: string;
  unit: string;
}

/** 3 400 000 → { value: '3,4', unit: 'Mo' }. Decimal units: what a data plan counts in. */
export function weightParts(bytes: number): Weight {
  let step = 0;
  let value = Math.max(0, bytes);
  while (value >= 999.5 && step < 4) {
    value /= 1000;
    step += 1;
  }
  const digits = step > 0 && value < 9.95 ? 1 : 0;
  const text = new Intl.NumberFormat(language.get(), { maximumFractionDigits: digits }).format(value);
  const unit = units[language.get()][step] ?? '';
  return { value: text, unit: step === 0 && value < 2 ? unit.replace(/s$/, '') : unit };
}

export function weight(bytes: number): string {
  const { value, unit } = weightParts(bytes);
  return `${value}\u00a0${unit}`;
}

export function number(value: number): string {
  return new Intl.NumberFormat(language.get()).format(value);
}

export function percent(share: number): string {
  return new Intl.NumberFormat(language.get(), { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

const sameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString();

/** 10 h 05 in French, 10:05 in English. */
export function clock(at: number): string {
  const date = new Date(at);
  const minutes = String(date.getMinutes()).padStart(2, '0');
  return language.get() === 'fr'
    ? `${date.getHours()}\u00a0h\u00a0${minutes}`
    : `${date.getHours()}:${minutes}`;
}

export function day(at: number): string {
  const date = new Date(at);
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long' };
  if (date.getFullYear() !== new Date().getFullYear()) options.year = 'numeric';
  return new Intl.DateTimeFormat(language.get(), options).format(date);
}

export function longDay(at: number): string {
  const text = new Intl.DateTimeFormat(language.get(), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  }).format(new Date(at));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function dateTime(at: number): string {
  return language.get() === 'fr' ? `${day(at)} à ${clock(at)}` : `${day(at)}, ${clock(at)}`;
}

/** « il y a 12 min », « hier à 17 h 40 », « 3 novembre »: precise enough to act on, no more. */
export function ago(at: number, now = Date.now()): string {
  const french = language.get() === 'fr';
  const minutes = Math.round((now - at) / 60_000);
  if (minutes < 1) return french ? 'à l’instant' : 'just now';
  if (minutes < 60) return french ? `il y a ${minutes}\u00a0min` : `${minutes} min ago`;
  const date = new Date(at);
  const today = new Date(now);
  if (sameDay(date, today)) return french ? `aujourd’hui à ${clock(at)}` : `today at ${clock(at)}`;
  const yesterday = new Date(now - 86_400_000);
  if (sameDay(date, yesterday)) return french ? `hier à ${clock(at)}` : `yesterday at ${clock(at)}`;
  return day(at);
}

const hues = ['petrole', 'ocre', 'brique', 'prune', 'indigo', 'mousse', 'ardoise', 'lagon'] as const;

/** A hue that stays the same for the same thing; never the only way to tell two things apart. */
export function hueOf(id: string): (typeof hues)[number] {
  let sum = 0;
  for (const letter of id) sum = Math.imul(sum ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return hues[(sum >>> 24) % hues.length] ?? 'petrole';
}

const smallWords = /^(de|des|du|la|le|les|l|d|et|à|au|aux|en|pour|of|the|and)$/i;

/** Two letters for a person or a space. */
export function initials(name: string): string {
  const words = name.split(/[\s'’_-]+/).filter((word) => word !== '' && !smallWords.test(word));
  const first = words[0]?.charAt(0) ?? '?';
  const last = words.length > 1 ? (words[words.length - 1]?.charAt(0) ?? '') : (words[0]?.charAt(1) ?? '');
  return (first + last).toUpperCase();
}

/** Lower case without accents: « Éducation » is found by "educ". */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}
