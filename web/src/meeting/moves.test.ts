import { Room, RoomEvent } from 'livekit-client';
import { expect, it, vi } from 'vitest';
import { unlessMoved } from './moves';

it('whoever changes rooms hears neither of those left behind nor of those found; then of everybody again', () => {
  vi.useFakeTimers();
  const room = new Room();
  const said: string[] = [];
  const tell = unlessMoved(room);
  tell(() => said.push('left behind'));
  room.emit(RoomEvent.Moved, 'other');
  tell(() => said.push('found'));
  vi.advanceTimersByTime(2000);
  tell(() => said.push('entered'));
  vi.runAllTimers();
  expect(said).toEqual(['entered']);
  vi.useRealTimers();
});
