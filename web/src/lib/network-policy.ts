import type { MeetingMode, NetworkPolicyDocument, NetworkWindow, WeekDay } from './api/schema';
import { dictionary, language } from './i18n';

export const weekDays: readonly WeekDay[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
export const meetingModes: readonly MeetingMode[] = ['full', 'low_video', 'audio_slides', 'audio'];

/** Monday 5 January 2026 and the days after it, to name days with. */
export const dayName = (day: WeekDay, form: 'long' | 'short'): string =>
  new Intl.DateTimeFormat(language.get(), { weekday: form, timeZone: 'UTC' }).format(
    new Date(Date.UTC(2026, 0, 5 + weekDays.indexOf(day))),
  );

export const networkTexts = dictionary(
  {
    modes: {
      full: 'Sons et images',
      low_video: 'Petites images',
      audio_slides: 'Sons et écrans partagés',
      audio: 'Sons seuls',
    } satisfies Record<MeetingMode, string>,
    networks: {
      rie: 'Réseau interministériel (RIE)',
      internal: 'Réseau interne',
      vpn: 'Réseau distant (VPN)',
      internet: 'Internet',
      local: 'Ce serveur',
    },
    everyDay: 'tous les jours',
    between: (first: string, last: string) => `du ${first} au ${last}`,
    on: (days: string) => `le ${days}`,
    hours: (start: string, end: string, zone: string) => `de ${start} à ${end} (${zone})`,
    from: (date: string) => `à partir du ${date}`,
    to: (date: string) => `jusqu’au ${date}`,
    offDaysToo: 'jours fériés compris',
    offDaysNot: 'sauf les jours fériés',
    anyNetwork: 'quel que soit le réseau',
    onNetworks: (networks: string) => `pour qui vient par : ${networks}`,
    entry: (mode: string) => `Les visios commencent en « ${mode} ».`,
    ceiling: (mode: string) => `Chacun peut aller jusqu’à « ${mode} »`,
    urgent: ', et au-delà en cas d’urgence, avec un motif.',
    noUrgent: '.',
    waits: 'Les applications sont priées de remettre à plus tard les envois lourds et les travaux de fond.',
  },
  {
    modes: {
      full: 'Sound and images',
      low_video: 'Small images',
      audio_slides: 'Sound and shared screens',
      audio: 'Sound only',
    },
    networks: {
      rie: 'State network (RIE)',
      internal: 'Internal network',
      vpn: 'Remote network (VPN)',
      internet: 'Internet',
      local: 'This server',
    },
    everyDay: 'every day',
    between: (first: string, last: string) => `from ${first} to ${last}`,
    on: (days: string) => `on ${days}`,
    hours: (start: string, end: string, zone: string) => `from ${start} to ${end} (${zone})`,
    from: (date: string) => `from ${date}`,
    to: (date: string) => `until ${date}`,
    offDaysToo: 'public holidays included',
    offDaysNot: 'except public holidays',
    anyNetwork: 'whatever the network',
    onNetworks: (networks: string) => `for those who come by: ${networks}`,
    entry: (mode: string) => `Meetings begin with “${mode}”.`,
    ceiling: (mode: string) => `Everyone may go up to “${mode}”`,
    urgent: ', and beyond when it is urgent, with a reason.',
    noUrgent: '.',
    waits: 'Applications are asked to put off heavy transfers and background work.',
  },
);
type Words = (typeof networkTexts)['fr'];

export const networkName = (words: Words, label: string): string =>
  (words.networks as Record<string, string>)[label] ?? label;

function daysInWords(words: Words, days: readonly WeekDay[]): string {
  if (days.length === weekDays.length) return words.everyDay;
  const sorted = weekDays.filter((day) => days.includes(day));
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  if (!first || !last) return '';
  const together = weekDays.indexOf(last) - weekDays.indexOf(first) === sorted.length - 1;
  if (together && sorted.length > 2) return words.between(dayName(first, 'long'), dayName(last, 'long'));
  return words.on(sorted.map((day) => dayName(day, 'long')).join(', '));
}

/** "du lundi au vendredi, de 10:30 à 15:30 (Europe/Paris), sauf les jours fériés, …" */
export function windowInWords(words: Words, window: NetworkWindow): string {
  return [
    daysInWords(words, window.days),
    words.hours(window.start, window.end, window.zone),
    window.from && words.from(window.from),
    window.to && words.to(window.to),
    window.holidays ? words.offDaysToo : words.offDaysNot,
    window.networks.length === 0
      ? words.anyNetwork
      : words.onNetworks(window.networks.map((label) => networkName(words, label)).join(', ')),
  ]
    .filter(Boolean)
    .join(', ');
}

export function meetingsInWords(words: Words, window: NetworkWindow): string {
  const { entry, ceiling, urgent } = window.meetings;
  const limit =
    ceiling === 'full'
      ? ''
      : ` ${words.ceiling(words.modes[ceiling])}${urgent ? words.urgent : words.noUrgent}`;
  return `${words.entry(words.modes[entry])}${limit}${window.wait.length > 0 ? ` ${words.waits}` : ''}`;
}

export const emptyWindow = (name: string): NetworkWindow => ({
  name,
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  start: '10:30',
  end: '15:30',
  zone: 'Europe/Paris',
  holidays: false,
  networks: [],
  meetings: { entry: 'audio_slides', ceiling: 'low_video', urgent: true },
  wait: ['bulk', 'background'],
});

/** "rie 10.0.0.0/8", one a line, and back. */
export const networksToText = (networks: NetworkPolicyDocument['networks']): string =>
  networks.map(({ label, range }) => `${label} ${range}`).join('\n');
export const networksFromText = (text: string): NetworkPolicyDocument['networks'] =>
  text
    .split('\n')
    .map((line) => line.trim().split(/[\s=]+/))
    .filter((words) => words[0] !== '')
    .map(([label = '', range = '']) => ({ label, range }));
export const wordsOf = (text: string): string[] => text.split(/[\s,;]+/).filter((word) => word !== '');
