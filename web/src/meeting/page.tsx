import { useEffect, useState } from 'preact/hooks';
import { ApiError, sentenceOf } from '../lib/api/client';
import { useText } from '../lib/i18n';
import { lazyView } from '../lib/lazy-view';
import { signInPath } from '../lib/paths';
import { Button } from '../ui/button';
import { Loading } from '../ui/feedback';
import { arrive, type Entry, type Visitor } from './api';
import type { Gone } from './call';
import { type Devices, PreJoin } from './prejoin';
import { meetingTexts } from './texts';
import { Waiting } from './waiting';

export interface RoomProps {
  visitor: Visitor;
  entry: Entry;
  devices: Devices;
  onGone: (why: Gone) => void;
}

/** livekit-client is not needed to look at the door: it comes once the door is there and the browser has nothing else to do. */
const loadRoom = () => import('./room-view').then((module) => module.RoomView);
const RoomView = lazyView<RoomProps>(loadRoom);

/** What takes a browser long the first time: the room's code, and to wake its own part of a call. */
async function warmUp(): Promise<void> {
  await loadRoom();
  new RTCPeerConnection().close();
}
const warmWithinMs = 1500;

type Step =
  | { at: 'arriving' }
  | { at: 'refused'; sentence: string }
  | { at: 'door' }
  | { at: 'waiting'; ticket: string; devices: Devices }
  | { at: 'inside'; entry: Entry; devices: Devices }
  | { at: 'gone'; why: Gone };

function Ending({ sentence, onAgain }: { sentence: string; onAgain?: () => void }) {
  const texts = useText(meetingTexts);
  return (
    <main class="visio-door">
      <div class="card card-pad stack">
        <h1 tabIndex={-1}>{sentence}</h1>
        <div class="row visio-wrap">
          {onAgain && (
            <Button variant="primary" onClick={onAgain}>
              {texts.again}
            </Button>
          )}
          <a class="button" href="/">
            {texts.home}
          </a>
        </div>
      </div>
    </main>
  );
}

export function MeetingPage({ id, guestKey }: { id: string; guestKey: string | null }) {
  const texts = useText(meetingTexts);
  const [visitor, setVisitor] = useState<Visitor>();
  const [step, setStep] = useState<Step>({ at: 'arriving' });
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    arrive(id, guestKey).then(
      (found) => {
        setVisitor(found);
        setStep({ at: 'door' });
      },
      (error: unknown) => {
        if (error instanceof ApiError && error.status === 401)
          location.replace(signInPath(location.pathname + location.search));
        else setStep({ at: 'refused', sentence: sentenceOf(error) });
      },
    );
  }, [id, guestKey]);
  useEffect(() => {
    if (visitor) document.title = `${texts.title(visitor.meetingName)} · Parvis`;
  }, [visitor, texts]);
  const atDoor = step.at === 'door';
  useEffect(() => {
    if (!atDoor) return undefined;
    const warm = () => void warmUp().catch(() => undefined);
    if (typeof requestIdleCallback !== 'function') {
      const timer = setTimeout(warm, warmWithinMs / 3);
      return () => clearTimeout(timer);
    }
    const asked = requestIdleCallback(warm, { timeout: warmWithinMs });
    return () => cancelIdleCallback(asked);
  }, [atDoor]);
  if (step.at === 'refused') return <Ending sentence={step.sentence} />;
  if (!visitor || step.at === 'arriving') return <Loading />;
  if (step.at === 'gone')
    return <Ending sentence={texts.gone[step.why]} onAgain={() => setStep({ at: 'door' })} />;
  if (step.at === 'inside')
    return (
      <RoomView
        visitor={visitor}
        entry={step.entry}
        devices={step.devices}
        onGone={(why) => setStep({ at: 'gone', why })}
      />
    );
  const enter = async (devices: Devices) => {
    setProblem(undefined);
    // The room's code comes while the server is asked.
    void loadRoom().catch(() => undefined);
    try {
      const asked = await visitor.enter(devices.name, devices.needsImages);
      setStep(
        'waiting' in asked
          ? { at: 'waiting', ticket: asked.waiting, devices }
          : { at: 'inside', entry: asked, devices },
      );
    } catch (error) {
      setProblem(sentenceOf(error));
      setStep((now) => (now.at === 'waiting' ? { at: 'door' } : now)); // where the problem is shown
    }
  };
  if (step.at === 'waiting')
    return (
      <Waiting
        visitor={visitor}
        ticket={step.ticket}
        onEntry={(entry) => setStep({ at: 'inside', entry, devices: step.devices })}
        onRefused={(sentence) => setStep({ at: 'refused', sentence })}
        onForgotten={() => void enter(step.devices)}
        onCancel={() => setStep({ at: 'door' })}
      />
    );
  return (
    <PreJoin
      visitor={visitor}
      problem={problem}
      onEnter={enter}
      onNear={() => void loadRoom().catch(() => undefined)}
    />
  );
}
