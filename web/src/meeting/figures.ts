import type { Room } from 'livekit-client';

export interface Figures {
  bytes: number;
  delayMs: number;
  lossPercent: number;
}

/** Sums of the connection so far. */
export async function figuresOf(room: Room): Promise<Figures> {
  const tracks = [...room.remoteParticipants.values(), room.localParticipant]
    .flatMap((one) => [...one.trackPublications.values()])
    .map((publication) => publication.track)
    .filter((track) => track !== undefined);
  const reports = await Promise.all(tracks.map((track) => track.getRTCStatsReport()));
  let bytes = 0;
  let delay = 0;
  let received = 0;
  let lost = 0;
  for (const report of reports) {
    report?.forEach((one: Record<string, unknown>) => {
      const figure = (name: string) => (typeof one[name] === 'number' ? one[name] : 0);
      if (one['type'] === 'candidate-pair' && one['state'] === 'succeeded') {
        bytes = Math.max(bytes, figure('bytesReceived') + figure('bytesSent'));
        delay = figure('currentRoundTripTime') * 1000;
      }
      if (one['type'] === 'inbound-rtp') {
        received += figure('packetsReceived');
        lost += figure('packetsLost');
      }
    });
  }
  return {
    bytes,
    delayMs: Math.round(delay),
    lossPercent: received ? Math.round((100 * lost) / (received + lost)) : 0,
  };
}
