import { type Shortcut, shortcuts } from './catalog';

const pauseMs = 1500;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Follows key presses; answers the shortcut that has just been completed. */
export function keySequence(lettersAllowed: () => boolean, now: () => number = Date.now) {
  let first = '';
  let firstAt = 0;
  return (event: KeyboardEvent): Shortcut | undefined => {
    const key = event.key.toUpperCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key === 'K') {
      return shortcuts.find((shortcut) => shortcut.id === 'palette');
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !lettersAllowed()) {
      first = '';
      return undefined;
    }
    const started = first !== '' && now() - firstAt < pauseMs;
    const found = shortcuts.find((shortcut) => {
      if (!shortcut.letters) return false;
      return started
        ? shortcut.keys.length === 2 && shortcut.keys[0] === first && shortcut.keys[1] === key
        : shortcut.keys.length === 1 && shortcut.keys[0] === key;
    });
    const begins =
      !found &&
      shortcuts.some(
        (shortcut) => shortcut.letters && shortcut.keys.length === 2 && shortcut.keys[0] === key,
      );
    first = begins ? key : '';
    firstAt = now();
    return found;
  };
}
