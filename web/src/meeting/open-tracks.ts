import {
  createLocalAudioTrack,
  createLocalVideoTrack,
  type LocalAudioTrack,
  type LocalVideoTrack,
} from 'livekit-client';
import { setBlur, canBlur, wantsBlur } from './blur';
import { type DeviceKind, deviceProblem } from './devices';

interface Opened {
  tracks: (LocalAudioTrack | LocalVideoTrack)[];
  /** Of the first that did not open; one comes in without it. */
  problem: string | undefined;
}

/** The microphone and the camera, together. */
export async function openTracks(
  wanted: { microphone: boolean; camera: boolean },
  captured: (kind: DeviceKind) => { deviceId?: string },
): Promise<Opened> {
  let problem: string | undefined;
  const open = async (on: boolean, kind: 'audio' | 'video') => {
    if (!on) return undefined;
    try {
      if (kind === 'audio') return await createLocalAudioTrack(captured('audioinput'));
      const camera = await createLocalVideoTrack(captured('videoinput'));
      if (wantsBlur() && canBlur(camera.mediaStreamTrack))
        await setBlur(camera.mediaStreamTrack, true).catch(() => undefined);
      return camera;
    } catch (error) {
      problem ??= deviceProblem(error, kind);
      return undefined;
    }
  };
  const tracks = await Promise.all([open(wanted.microphone, 'audio'), open(wanted.camera, 'video')]);
  return { tracks: tracks.filter((track) => track !== undefined), problem };
}
