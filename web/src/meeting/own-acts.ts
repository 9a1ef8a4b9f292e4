import { useRef } from 'preact/hooks';
import { announce } from '../lib/a11y/announce';
import { useText } from '../lib/i18n';
import { toast } from '../ui/feedback';
import { captionChoice, showCaptions } from './captions';
import type { Inside } from './inside';
import { useKeys } from './keys';
import { layouts } from './layout';
import { panelsFor } from './panels';
import { roomTexts } from './room-texts';
import { deviceProblem } from './devices';
import { chooseLayout, viewChoice } from './view-choice';

/** What one does to oneself, also by keys. */
export function useOwnActs(inside: Inside, onHelp: () => void) {
  const texts = useText(roomTexts);
  const { call, state, self } = inside;
  const attempt = (kind: 'audio' | 'video' | 'screen', act: Promise<void>) =>
    void act.catch((error: unknown) => {
      const said = deviceProblem(error, kind);
      if (said) toast(said, { tone: 'danger' });
    });
  const acts = {
    microphone: () => attempt('audio', call.setMicrophone(!state.microphone)),
    camera: () => attempt('video', call.setCamera(!state.camera)),
    hand: () => void call.setHand(!self?.hand).catch(() => undefined),
    share: () => attempt('screen', call.setSharing(!state.sharing)),
    captions: () => {
      const on = !captionChoice.get().on;
      showCaptions(on);
      announce(on ? texts.captionsOn : texts.captionsOff);
    },
    layout: () => {
      const at = layouts.indexOf(viewChoice.get().layout);
      const next = layouts[(at + 1) % layouts.length] ?? 'auto';
      chooseLayout(next);
      announce(texts.layouts[next]);
    },
  };
  const talking = useRef(false);
  const talk = (on: boolean) => {
    // Whoever speaks already is not muted by letting the key go.
    if (on === talking.current || (on && state.microphone)) return;
    talking.current = on;
    attempt('audio', call.setMicrophone(on));
  };
  const letters = panelsFor(inside).flatMap(({ id, letter }) =>
    letter ? [[letter, () => inside.show(inside.panel === id ? undefined : id)] as const] : [],
  );
  useKeys({
    letters: {
      m: acts.microphone,
      e: acts.camera,
      h: acts.hand,
      s: acts.share,
      t: acts.captions,
      l: acts.layout,
      '?': onHelp,
      ...Object.fromEntries(letters),
    },
    control: { d: acts.microphone, e: acts.camera },
    held: { letter: 'v', down: () => talk(true), up: () => talk(false) },
  });
  return acts;
}
