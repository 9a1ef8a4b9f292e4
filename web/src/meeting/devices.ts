import { dictionary, textNow } from '../lib/i18n';
import { readSetting, writeSetting } from '../lib/storage';

export type DeviceKind = 'audioinput' | 'videoinput' | 'audiooutput';
const settingOf = (kind: DeviceKind) => `visio.${kind}`;

/** The device chosen before on this computer; the browser falls back on another when it is gone. */
export const chosenDevice = (kind: DeviceKind): string | undefined =>
  readSetting(settingOf(kind)) ?? undefined;
export const rememberDevice = (kind: DeviceKind, id: string): void =>
  writeSetting(settingOf(kind), id === '' ? null : id);

/** Whether one comes in with it on: what one did last time. */
export const wantedAtDoor = (what: 'microphone' | 'camera'): boolean => readSetting(`visio.${what}`) === 'on';
export const rememberAtDoor = (what: 'microphone' | 'camera', on: boolean): void =>
  writeSetting(`visio.${what}`, on ? 'on' : null);

/** Only some browsers can send the sound elsewhere than where the system does. */
export const canChooseSpeaker = (): boolean => 'setSinkId' in HTMLMediaElement.prototype;

const deviceTexts = dictionary(
  {
    refused: {
      audio:
        'Le navigateur n’a pas l’autorisation d’utiliser le micro. Cliquez sur l’icône à gauche de l’adresse de la page, autorisez le micro, puis réessayez.',
      video:
        'Le navigateur n’a pas l’autorisation d’utiliser la caméra. Cliquez sur l’icône à gauche de l’adresse de la page, autorisez la caméra, puis réessayez.',
      screen:
        'Le partage d’écran n’est pas autorisé. Sur macOS : Réglages, Confidentialité, Enregistrement de l’écran.',
    },
    missing: {
      audio: 'Aucun micro n’est branché, ou il est désactivé dans les réglages du système.',
      video: 'Aucune caméra n’est branchée, ou elle est désactivée dans les réglages du système.',
      screen: 'Ce navigateur ne sait pas partager l’écran.',
    },
    busy: {
      audio: 'Le micro est pris par une autre application. Fermez-la, puis réessayez.',
      video: 'La caméra est prise par une autre application. Fermez-la, puis réessayez.',
      screen: 'L’écran n’a pas pu être lu. Choisissez une autre fenêtre.',
    },
    insecure: 'Le navigateur ne donne ni micro ni caméra à une page sans chiffrement (https).',
  },
  {
    refused: {
      audio:
        'The browser may not use the microphone. Click the icon left of the page’s address, allow the microphone, then try again.',
      video:
        'The browser may not use the camera. Click the icon left of the page’s address, allow the camera, then try again.',
      screen: 'Sharing the screen is not allowed. On macOS: Settings, Privacy, Screen recording.',
    },
    missing: {
      audio: 'No microphone is plugged in, or it is disabled in the system’s settings.',
      video: 'No camera is plugged in, or it is disabled in the system’s settings.',
      screen: 'This browser cannot share the screen.',
    },
    busy: {
      audio: 'Another application holds the microphone. Close it, then try again.',
      video: 'Another application holds the camera. Close it, then try again.',
      screen: 'The screen could not be read. Choose another window.',
    },
    insecure: 'The browser gives neither microphone nor camera to a page without encryption (https).',
  },
);

/** Why a device did not open, and what to do. Nothing when the person changed their mind in front of the browser's list. */
export function deviceProblem(error: unknown, kind: 'audio' | 'video' | 'screen'): string | undefined {
  const texts = textNow(deviceTexts);
  const name = error instanceof Error ? error.name : '';
  if (kind !== 'screen' && !('mediaDevices' in navigator)) return texts.insecure;
  if (name === 'NotAllowedError' && kind === 'screen') return undefined;
  if (name === 'NotAllowedError' || name === 'SecurityError') return texts.refused[kind];
  if (name === 'NotReadableError' || name === 'AbortError') return texts.busy[kind];
  return texts.missing[kind];
}
