import type { ComponentType } from 'preact';
import type { Dictionary } from '../lib/i18n';
import type { Inside, InsideProps } from './inside';
import { breakoutsPanel } from './breakouts/panel';
import { chatPanel } from './panels/chat';
import { linePanel } from './panels/line';
import { notesPanel } from './panels/notes';
import { peoplePanel } from './panels/people';
import { pollsPanel } from './polls/panel';

/** What opens at the right of the images, one at a time; all of the window on a phone. */
export interface Panel {
  id: string;
  words: Dictionary<{ name: string }>;
  icon: string;
  /** A letter that opens it and closes it. */
  letter?: string;
  /** Its button is in the bar; in the bar but for phones; or in the menu of what is needed less often. */
  place: 'bar' | 'wide' | 'more';
  /** Absent: for everybody. */
  offered?: (inside: Inside) => boolean;
  /** A hook: how much is new in it, for its button. */
  useCount?: (inside: Inside) => number;
  View: ComponentType<InsideProps>;
}

/** In the order of their buttons. To add one: its file in panels/, its import above, its name here. */
export const panels: readonly Panel[] = [
  peoplePanel,
  chatPanel,
  pollsPanel,
  notesPanel,
  breakoutsPanel,
  linePanel,
];

export const panelsFor = (inside: Inside): readonly Panel[] =>
  panels.filter((panel) => panel.offered?.(inside) ?? true);
