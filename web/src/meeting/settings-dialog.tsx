import { Track } from 'livekit-client';
import { useState } from 'preact/hooks';
import { dictionary, useText } from '../lib/i18n';
import { Switch } from '../ui/choice';
import { Dialog } from '../ui/dialog';
import { Banner } from '../ui/feedback';
import { canBlur, rememberBlur, setBlur, wantsBlur } from './blur';
import type { Call } from './call';
import { DeviceSelect, Loudspeaker } from './device-select';
import { deviceProblem } from './devices';

const settingsTexts = dictionary(
  {
    title: 'Micro, caméra et son',
    one: 'Les listes paraissent quand il y a plusieurs appareils.',
    blur: 'Flouter l’arrière-plan',
    blurHint: 'Fait par la caméra ou le système de cet ordinateur.',
    noBlur: 'Flou d’arrière-plan : cette caméra ou ce navigateur n’en propose pas.',
  },
  {
    title: 'Microphone, camera and sound',
    one: 'A list appears when there are several devices.',
    blur: 'Blur the background',
    blurHint: 'Made by the camera or the system of this computer.',
    noBlur: 'Background blur: this camera or browser offers none.',
  },
);

function Blur({ track }: { track: MediaStreamTrack }) {
  const texts = useText(settingsTexts);
  const [on, setOn] = useState(wantsBlur());
  if (!canBlur(track)) return <p class="small muted">{texts.noBlur}</p>;
  return (
    <Switch
      label={texts.blur}
      hint={texts.blurHint}
      checked={on}
      onChecked={(wanted) => {
        setOn(wanted);
        rememberBlur(wanted);
        void setBlur(track, wanted).catch(() => setOn(!wanted));
      }}
    />
  );
}

/** Devices, changed while one is in the meeting. */
export function SettingsDialog({ call, onClose }: { call: Call; onClose: () => void }) {
  const texts = useText(settingsTexts);
  const [problem, setProblem] = useState<string>();
  const change = (kind: MediaDeviceKind, id: string) => {
    setProblem(undefined);
    call.room.switchActiveDevice(kind, id === '' ? 'default' : id, false).catch((error: unknown) => {
      setProblem(deviceProblem(error, kind === 'videoinput' ? 'video' : 'audio'));
    });
  };
  const camera = call.room.localParticipant.getTrackPublication(Track.Source.Camera)?.track;
  return (
    <Dialog title={texts.title} onClose={onClose}>
      {problem && <Banner tone="danger">{problem}</Banner>}
      <DeviceSelect kind="audioinput" opened onDevice={(id) => change('audioinput', id)} />
      <DeviceSelect kind="videoinput" opened onDevice={(id) => change('videoinput', id)} />
      <Loudspeaker opened onDevice={(id) => change('audiooutput', id)} />
      {camera && <Blur track={camera.mediaStreamTrack} />}
      <p class="small muted">{texts.one}</p>
    </Dialog>
  );
}
