import { useEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { Button } from '../ui/button';
import { Switch } from '../ui/choice';
import { Banner } from '../ui/feedback';
import { TextField } from '../ui/field';
import type { Visitor } from './api';
import { meetingTexts } from './texts';

export interface Devices {
  name: string;
  microphone: boolean;
  camera: boolean;
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
function useDevice(on: boolean, constraints: MediaStreamConstraints) {
  const [stream, setStream] = useState<MediaStream>();
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    if (!on) return;
    let held: MediaStream | undefined;
    let over = false;
    setRefused(false);
    navigator.mediaDevices.getUserMedia(constraints).then(
      (given) => {
        held = given;
        if (over) given.getTracks().forEach((track) => track.stop());
        else setStream(given);
      },
      () => setRefused(true),
    );
    return () => {
      over = true;
      held?.getTracks().forEach((track) => track.stop());
      setStream(undefined);
    };
    // The constraints are constant.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [on]);
  return { stream, refused };
}

const videoOnly = { video: { width: 640, height: 360 } };
const audioOnly = { audio: true };

interface Props {
  visitor: Visitor;
  problem: string | undefined;
  onEnter: (devices: Devices) => Promise<void>;
}

export function PreJoin({ visitor, problem, onEnter }: Props) {
  const texts = useText(meetingTexts);
  const [name, setName] = useState(visitor.name);
  const [microphone, setMicrophone] = useState(false);
  const [camera, setCamera] = useState(false);
  const [busy, setBusy] = useState(false);
  const [level, setLevel] = useState(0);
  const image = useRef<HTMLVideoElement>(null);
  const heard = useDevice(microphone, audioOnly);
  const seen = useDevice(camera, videoOnly);
  useEffect(() => {
    if (image.current) image.current.srcObject = seen.stream ?? null;
  }, [seen.stream]);
  useEffect(() => (heard.stream ? followLevel(heard.stream, setLevel) : undefined), [heard.stream]);
  const guest = !visitor.meeting;
  const enter = async () => {
    setBusy(true);
    await onEnter({
      name: name.trim(),
      microphone: microphone && !heard.refused,
      camera: camera && !seen.refused,
    });
    setBusy(false);
  };
  return (
    <main class="visio-door">
      <form
        class="card card-pad stack"
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
        {camera && !seen.refused && (
          <video
            ref={image}
            class="visio-preview visio-mirror"
            autoplay
            muted
            playsInline
            aria-label={texts.preview}
          />
        )}
        <Switch label={texts.camera} checked={camera} onChecked={setCamera} />
        {camera && seen.refused && <Banner tone="accent">{texts.noDevice}</Banner>}
        <Switch label={texts.microphone} checked={microphone} onChecked={setMicrophone} />
        {microphone && heard.refused && <Banner tone="accent">{texts.noDevice}</Banner>}
        {microphone && !heard.refused && (
          <meter class="visio-level" aria-label={texts.level} min={0} max={1} value={level} />
        )}
        <p class="small muted">{texts.listen}</p>
        <p class="small muted">{texts.weight}</p>
        <div class="row visio-wrap">
          <Button variant="primary" type="submit" busy={busy} disabled={guest && name.trim() === ''}>
            {texts.enter}
          </Button>
          <a class="button button-ghost" href="/">
            {texts.home}
          </a>
        </div>
      </form>
    </main>
  );
}
