import { readSetting, writeSetting } from '../lib/storage';

/**
 * The blur that the camera's driver or the system makes: nothing is fetched and the page computes nothing. Where
 * the browser offers none there is none: a model of one's own would weigh megabytes and warm the computer.
 */
type WithBlur = MediaTrackCapabilities & { backgroundBlur?: boolean[] };

export const wantsBlur = (): boolean => readSetting('visio.blur') === 'on';
export const rememberBlur = (on: boolean): void => writeSetting('visio.blur', on ? 'on' : null);

export function canBlur(track: MediaStreamTrack): boolean {
  const { backgroundBlur } = track.getCapabilities() as WithBlur;
  return backgroundBlur?.includes(true) ?? false;
}
export const setBlur = (track: MediaStreamTrack, on: boolean): Promise<void> =>
  track.applyConstraints({ ...track.getConstraints(), backgroundBlur: on });
