import { describe, expect, it } from 'vitest';
import { keySequence } from './sequence';

const press = (key: string, more: KeyboardEventInit = {}, target: EventTarget = document.body) => {
  const event = new KeyboardEvent('keydown', { key, ...more });
  Object.defineProperty(event, 'target', { value: target });
  return event;
};

describe('keySequence', () => {
  it('follows one letter then another', () => {
    const follow = keySequence(() => true);
    expect(follow(press('g'))).toBeUndefined();
    expect(follow(press('m'))?.path).toBe('/messages');
  });

  it('forgets the first letter after a while', () => {
    let now = 0;
    const follow = keySequence(
      () => true,
      () => now,
    );
    follow(press('g'));
    now = 2_000;
    expect(follow(press('a'))).toBeUndefined();
  });

  it('leaves letters alone in a field, with a modifier, or when they are switched off', () => {
    const field = document.createElement('input');
    const follow = keySequence(() => true);
    expect(follow(press('?', {}, field))).toBeUndefined();
    expect(follow(press('?', { ctrlKey: true }))).toBeUndefined();
    expect(follow(press('?'))?.id).toBe('help');
    expect(keySequence(() => false)(press('?'))).toBeUndefined();
  });

  it('opens the palette even while typing', () => {
    const follow = keySequence(() => false);
    expect(follow(press('k', { ctrlKey: true }, document.createElement('input')))?.id).toBe('palette');
  });
});
