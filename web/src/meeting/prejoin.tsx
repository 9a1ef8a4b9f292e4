import { useEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { lazyView } from '../lib/lazy-view';
import { Button } from '../ui/button';
import { Switch } from '../ui/choice';
import { Banner } from '../ui/feedback';
import { TextField } from '../ui/field';
import type { Visitor } from './api';
import { DeviceSelect, Loudspeaker } from './device-select';
import { chosenDevice, deviceProblem, rememberAtDoor, wantedAtDoor } from './devices';
import { DoorWeight } from './door-weight';
import type { Mode } from './modes';
import { meetingTexts } from './texts';

/** livekit-client comes with it, so it is fetched for whoever asks. */
const LineTest = lazyView<{ visitor: Visitor }>(() =>
  import('./line-test').then((module) => module.LineTest),
);

export interface Devices {
  name: string;
  microphone: boolean;
  camera: boolean;
  /** Lighter than what would apply. */
  mode?: Mode;
  needsImages: boolean;
}

/** How loud the microphone is, 0 to 1, some times a second. */
function followLevel(stream: MediaStream, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const energy = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    tell(Math.min(1, Math.sqrt(energy) * 4));
  }, 150);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** What the chosen device gives, for as long as it is chosen. Nothing is asked of a device before. */
function useDevice(kind: 'audio' | 'video', on: boolean, device: string | undefined) {
  const [stream, setStream] = useState<MediaStream>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    if (!on) return;
    let held: MediaStream | undefined;
    let over = false;
    setProblem(undefined);
    const which = device ? { deviceId: device } : {};
    const wanted =
      kind === 'audio' ? { audio: { ...which } } : { video: { width: 640, height: 360, ...which } };
    const open = async () => {
      try {
        held = await navigator.mediaDevices.getUserMedia(wanted);
      } catch (error) {
        if (!over) setProblem(deviceProblem(error, kind));
        return;
      }
      if (over) held.getTracks().forEach((track) => track.stop());
      else setStream(held);
    };
    void open();
    return () => {
      over = true;
      held?.getTracks().forEach((track) => track.stop());
      setStream(undefined);
    };
  }, [kind, on, device]);
  return { stream, problem };
}

function Camera({ on, onProblem }: { on: boolean; onProblem: (problem: string | undefined) => void }) {
  const texts = useText(meetingTexts);
  const [device, setDevice] = useState(chosenDevice('videoinput'));
  const image = useRef<HTMLVideoElement>(null);
  const { stream, problem } = useDevice('video', on, device);
  useEffect(() => onProblem(problem), [problem, onProblem]);
  useEffect(() => {
    if (image.current) image.current.srcObject = stream ?? null;
  }, [stream]);
  if (!on) return null;
  if (problem) return <Banner tone="accent">{problem}</Banner>;
  return (
    <>
      <video
        ref={image}
        class="visio-preview visio-mirror"
        autoplay
        muted
        playsInline
        aria-label={texts.preview}
      />
      <DeviceSelect kind="videoinput" opened={stream !== undefined} onDevice={setDevice} />
    </>
  );
}

function Microphone({ on, onProblem }: { on: boolean; onProblem: (problem: string | undefined) => void }) {
  const texts = useText(meetingTexts);
  const [device, setDevice] = useState(chosenDevice('audioinput'));
  const [level, setLevel] = useState(0);
  const { stream, problem } = useDevice('audio', on, device);
  useEffect(() => onProblem(problem), [problem, onProblem]);
  useEffect(() => (stream ? followLevel(stream, setLevel) : undefined), [stream]);
  if (!on) return null;
  if (problem) return <Banner tone="accent">{problem}</Banner>;
  return (
    <>
      <meter class="visio-level" aria-label={texts.level} min={0} max={1} value={level} />
      <DeviceSelect kind="audioinput" opened={stream !== undefined} onDevice={setDevice} />
    </>
  );
}

/** What is needed once: a sound to hear, the line to measure. */
function Tests({ visitor }: { visitor: Visitor }) {
  const texts = useText(meetingTexts);
  const [opened, setOpened] = useState(false);
  return (
    <details class="visio-tests" onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>{texts.tests}</summary>
      {opened && (
        <div class="stack">
          <Loudspeaker opened onDevice={() => undefined} />
          <LineTest visitor={visitor} />
        </div>
      )}
    </details>
  );
}

interface Props {
  visitor: Visitor;
  problem: string | undefined;
  onEnter: (devices: Devices) => Promise<void>;
  /** Whoever reaches for the button is about to enter: what the room needs may be fetched. */
  onNear: () => void;
}

export function PreJoin({ visitor, problem, onEnter, onNear }: Props) {
  const texts = useText(meetingTexts);
  const [name, setName] = useState(visitor.name);
  const [microphone, setMicrophone] = useState(() => wantedAtDoor('microphone'));
  const [camera, setCamera] = useState(() => wantedAtDoor('camera'));
  const [mode, setMode] = useState<Mode>();
  const [needsImages, setNeedsImages] = useState(false);
  const [busy, setBusy] = useState(false);
  const [noMicrophone, setNoMicrophone] = useState<string>();
  const [noCamera, setNoCamera] = useState<string>();
  const guest = !visitor.meeting;
  const enter = async () => {
    setBusy(true);
    rememberAtDoor('microphone', microphone);
    rememberAtDoor('camera', camera);
    await onEnter({
      name: name.trim(),
      microphone: microphone && !noMicrophone,
      camera: camera && !noCamera,
      ...(mode && { mode }),
      needsImages,
    });
    setBusy(false);
  };
  return (
    <main class="visio-door">
      <form
        class="card card-pad stack"
        onFocusIn={onNear}
        onPointerEnter={onNear}
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <div>
          <p class="small muted">{visitor.spaceName}</p>
          <h1 tabIndex={-1}>{visitor.meetingName}</h1>
          <p class="muted">{texts.ready}</p>
        </div>
        {problem && <Banner tone="danger">{problem}</Banner>}
        {guest && (
          <TextField
            label={texts.name}
            hint={texts.nameHint}
            value={name}
            onValue={setName}
            required
            maxLength={60}
            autocomplete="name"
          />
        )}
        <Switch label={texts.camera} checked={camera} onChecked={setCamera} />
        <Camera on={camera} onProblem={setNoCamera} />
        <Switch label={texts.microphone} checked={microphone} onChecked={setMicrophone} />
        <Microphone on={microphone} onProblem={setNoMicrophone} />
        <p class="small muted">{texts.listen}</p>
        <DoorWeight
          reception={visitor.reception}
          guest={guest}
          mode={mode}
          onMode={setMode}
          needsImages={needsImages}
          onNeedsImages={setNeedsImages}
        />
        <div class="row visio-wrap">
          <Button variant="primary" type="submit" busy={busy} disabled={guest && name.trim() === ''}>
            {texts.enter}
          </Button>
          <a class="button button-ghost" href="/">
            {texts.home}
          </a>
        </div>
        <Tests visitor={visitor} />
      </form>
    </main>
  );
}
