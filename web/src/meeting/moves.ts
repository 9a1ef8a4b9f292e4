import { type Room, RoomEvent } from 'livekit-client';

const movedMs = 1000;

/** Says what is to be said, but for who was left behind and who was found by changing rooms oneself. */
export function unlessMoved(room: Room): (tell: () => void) => void {
  let moved: ReturnType<typeof setTimeout> | undefined;
  room.on(RoomEvent.Moved, () => {
    clearTimeout(moved);
    moved = setTimeout(() => (moved = undefined), movedMs);
  });
  // Those left behind are told before the move itself, in the same turn.
  return (tell) =>
    void setTimeout(() => {
      if (moved === undefined) tell();
    });
}
