import { ConnectionState, type Room, RoomEvent } from 'livekit-client';

/** A server that had to be joined anew has forgotten the raised hand and the choice of images: it is told again. */
export function keepAttributes(room: Room): void {
  const own = room.localParticipant;
  let kept: Record<string, string> = {};
  room.on(RoomEvent.ParticipantAttributesChanged, (_, who) => {
    // While it reconnects the room only tells what is lost.
    if (who === own && room.state === ConnectionState.Connected) kept = { ...own.attributes };
  });
  room.on(RoomEvent.Reconnected, () => {
    const lost = Object.entries(kept).filter(([key, value]) => value !== (own.attributes[key] ?? ''));
    if (lost.length > 0) void own.setAttributes(Object.fromEntries(lost)).catch(() => undefined);
  });
}
