import { useEffect, useRef } from 'preact/hooks';
import { readSetting } from '../lib/storage';

export interface Keys {
  /** By the letter; only where no text is being written, and unless the person switched letters off. */
  letters: Record<string, () => void>;
  /** With Ctrl, anywhere. */
  control: Record<string, () => void>;
  /** While the key is held. */
  held: { letter: string; down: () => void; up: () => void };
}

const writing = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') !== null;

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    let holding = false;
    const release = () => {
      if (!holding) return;
      holding = false;
      latest.current.held.up();
    };
    const press = (event: KeyboardEvent) => {
      const { letters, control, held } = latest.current;
      const key = event.key.toLowerCase();
      if (event.altKey || event.metaKey || document.querySelector('dialog[open]')) return;
      if (event.ctrlKey) {
        const act = control[key];
        if (!act || event.shiftKey) return;
        event.preventDefault(); // the browser's own would leave the meeting's page
        if (!event.repeat) act();
        return;
      }
      if (writing(event.target) || readSetting('letters') === 'off' || event.repeat) return;
      if (key === held.letter) {
        holding = true;
        held.down();
      } else letters[key]?.();
    };
    const lift = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === latest.current.held.letter) release();
    };
    addEventListener('keydown', press);
    addEventListener('keyup', lift);
    addEventListener('blur', release);
    return () => {
      removeEventListener('keydown', press);
      removeEventListener('keyup', lift);
      removeEventListener('blur', release);
    };
  }, []);
}
