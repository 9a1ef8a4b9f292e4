import type { ComponentType } from 'preact';
import { useText } from '../lib/i18n';
import { Banner } from '../ui/feedback';
import { BreakoutNotice } from './breakouts/notice';
import { Figures } from './figures-view';
import type { InsideProps } from './inside';
import { ModeChoice, ModeNotice } from './mode-choice';
import { ChatWatch } from './panels/chat';
import { PolicyNotice } from './policy-notice';
import { PollNotice } from './polls/notice';
import { FullScreen, ViewMenu } from './view-menu';
import { roomTexts } from './room-texts';

function Reconnecting({ inside }: InsideProps) {
  const texts = useText(roomTexts);
  if (!inside.state.reconnecting) return null;
  return (
    <Banner tone="accent">
      <span role="status">{texts.reconnecting}</span>
    </Banner>
  );
}

/**
 * Strips above the images, each there only while it has something to say. They stay mounted, so one may also
 * watch. To add one: its import above, its name here.
 */
export const notices: readonly ComponentType<InsideProps>[] = [
  Reconnecting,
  PolicyNotice,
  ModeNotice,
  BreakoutNotice,
  PollNotice,
  ChatWatch,
];

/** At the right of the meeting's name: what one receives, what it weighs, how it is laid out. */
export const headPieces: readonly ComponentType<InsideProps>[] = [ModeChoice, Figures, ViewMenu, FullScreen];
