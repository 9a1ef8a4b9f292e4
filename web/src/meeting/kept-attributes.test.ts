import { ConnectionState, Room, RoomEvent } from 'livekit-client';
import { expect, it, vi } from 'vitest';
import { keepAttributes } from './kept-attributes';

function joined() {
  const room = new Room();
  const own = room.localParticipant;
  keepAttributes(room);
  const told = vi.spyOn(own, 'setAttributes').mockResolvedValue(undefined);
  let attributes: Record<string, string> = {};
  vi.spyOn(own, 'attributes', 'get').mockImplementation(() => attributes);
  const change = (next: Record<string, string>, state = ConnectionState.Connected) => {
    attributes = next;
    room.state = state;
    room.emit(RoomEvent.ParticipantAttributesChanged, next, own);
  };
  const reconnect = (found: Record<string, string>) => {
    change(found, ConnectionState.Reconnecting);
    room.state = ConnectionState.Connected;
    room.emit(RoomEvent.Reconnected);
  };
  return { told, change, reconnect };
}

it('a raised hand and a choice outlive a connection made anew', () => {
  const { told, change, reconnect } = joined();
  change({ hand: '2026-11-30T10:00:00Z', mode: 'audio' });
  reconnect({});
  expect(told).toHaveBeenCalledWith({ hand: '2026-11-30T10:00:00Z', mode: 'audio' });
});

it('what the server still knows is not told again, nor a hand that was lowered', () => {
  const { told, change, reconnect } = joined();
  change({ hand: '2026-11-30T10:00:00Z', mode: 'audio' });
  reconnect({ hand: '2026-11-30T10:00:00Z', mode: 'audio' });
  change({ hand: '', mode: 'audio' });
  reconnect({ mode: 'audio' });
  expect(told).not.toHaveBeenCalled();
});
