import { useEffect, useState } from 'preact/hooks';
import { dictionary, useText } from '../lib/i18n';
import { Button } from '../ui/button';
import { Select } from '../ui/field';
import { volume2Icon } from '../ui/icons';
import { canChooseSpeaker, chosenDevice, type DeviceKind, rememberDevice } from './devices';
import { playTestSound } from './test-sound';

const deviceTexts = dictionary(
  {
    labels: { audioinput: 'Micro utilisé', videoinput: 'Caméra utilisée', audiooutput: 'Haut-parleur' },
    nth: (number: string) => `Appareil ${number}`,
    system: 'Celui du système',
    test: 'Écouter un son',
    testHint: 'Deux notes : si vous n’entendez rien, choisissez un autre haut-parleur.',
  },
  {
    labels: { audioinput: 'Microphone in use', videoinput: 'Camera in use', audiooutput: 'Loudspeaker' },
    nth: (number: string) => `Device ${number}`,
    system: 'The system’s',
    test: 'Play a sound',
    testHint: 'Two notes: if you hear nothing, choose another loudspeaker.',
  },
);

/** The devices of this computer, as they come and go. Their names are known once the browser was allowed one. */
function useDevices(kind: DeviceKind, opened: boolean): MediaDeviceInfo[] {
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  useEffect(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (!media) return;
    const look = () =>
      void media.enumerateDevices().then(
        (all) => setDevices(all.filter((one) => one.kind === kind && one.deviceId !== '')),
        () => undefined,
      );
    look();
    media.addEventListener('devicechange', look);
    return () => media.removeEventListener('devicechange', look);
  }, [kind, opened]);
  return devices;
}

interface Props {
  kind: DeviceKind;
  /** Whether one of that kind is open: names may be known from then on. */
  opened: boolean;
  onDevice: (id: string) => void;
}

/** Which of several; not shown while there is nothing to choose. */
export function DeviceSelect({ kind, opened, onDevice }: Props) {
  const texts = useText(deviceTexts);
  const devices = useDevices(kind, opened);
  const [chosen, setChosen] = useState(chosenDevice(kind) ?? '');
  const known = devices.some((one) => one.deviceId === chosen);
  if (devices.length < 2) return null;
  return (
    <Select
      label={texts.labels[kind]}
      options={[
        { value: '', label: texts.system },
        ...devices
          .filter((one) => one.deviceId !== 'default')
          .map((one, index) => ({
            value: one.deviceId,
            label: one.label || texts.nth(String(index + 1)),
          })),
      ]}
      value={known && chosen !== 'default' ? chosen : ''}
      onValue={(id) => {
        setChosen(id);
        rememberDevice(kind, id);
        onDevice(id);
      }}
    />
  );
}

/** The loudspeaker, and a sound to hear it. */
export function Loudspeaker({ opened, onDevice }: Omit<Props, 'kind'>) {
  const texts = useText(deviceTexts);
  const [playing, setPlaying] = useState(false);
  const play = async () => {
    setPlaying(true);
    await playTestSound(chosenDevice('audiooutput')).catch(() => undefined);
    setPlaying(false);
  };
  return (
    <div class="visio-speaker">
      {canChooseSpeaker() && <DeviceSelect kind="audiooutput" opened={opened} onDevice={onDevice} />}
      <div class="row row-wrap">
        <Button small icon={volume2Icon} busy={playing} onClick={() => void play()}>
          {texts.test}
        </Button>
        <span class="small muted grow">{texts.testHint}</span>
      </div>
    </div>
  );
}
