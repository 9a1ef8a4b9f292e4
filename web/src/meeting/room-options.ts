import { type TrackPublishDefaults, VideoPreset } from 'livekit-client';
import { screenBits, smallestBits, voiceBits } from './media-limits';

const smallest = new VideoPreset(320, 180, smallestBits, 12);
const middle = new VideoPreset(640, 360, 400_000, 20);

export const publishDefaults: TrackPublishDefaults = {
  audioPreset: { maxBitrate: voiceBits },
  red: false,
  videoSimulcastLayers: [smallest, middle],
  screenShareEncoding: { maxBitrate: screenBits, maxFramerate: 5 },
  screenShareSimulcastLayers: [],
};
