import type { Room } from 'livekit-client';
import { expect, test, vi } from 'vitest';
import { Reactions, shownForMs } from './reactions';

test('a reaction is shown for a moment; others than the six, and floods, are not', () => {
  vi.useFakeTimers();
  const seen: string[] = [];
  const room = { on: () => undefined } as unknown as Room;
  const reactions = new Reactions(room, (name, reaction) => seen.push(`${name} ${reaction}`));
  reactions.receive('p:1', 'Ada', '👏');
  reactions.receive('p:1', 'Ada', '🎉');
  reactions.receive('p:2', 'Zoé', '<script>');
  expect(reactions.shown.get()).toEqual({ 'p:1': '👏' });
  expect(seen).toEqual(['Ada 👏']);
  vi.advanceTimersByTime(shownForMs);
  expect(reactions.shown.get()).toEqual({});
  vi.useRealTimers();
});
