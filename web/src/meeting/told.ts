import { type Room, RoomEvent } from 'livekit-client';

/** What the server itself says about a topic: who merely takes part can't say it in its name. */
export function onTold(room: Room, topic: string, told: (message: Record<string, unknown>) => void): void {
  room.on(RoomEvent.DataReceived, (payload, who, _, about) => {
    if (who || about !== topic) return;
    try {
      const message: unknown = JSON.parse(new TextDecoder().decode(payload));
      if (typeof message === 'object' && message !== null) told(message as Record<string, unknown>);
    } catch {
      // Not ours.
    }
  });
}
