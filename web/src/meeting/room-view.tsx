import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { announce } from '../lib/a11y/announce';
import { sentenceOf } from '../lib/api/client';
import { weight } from '../lib/format';
import { useText } from '../lib/i18n';
import { useStore } from '../lib/store';
import { IconButton } from '../ui/button';
import { cx } from '../ui/cx';
import { Banner, toast } from '../ui/feedback';
import {
  fileTextIcon,
  handIcon,
  micIcon,
  micOffIcon,
  phoneOffIcon,
  screenShareIcon,
  usersIcon,
  videoIcon,
  videoOffIcon,
} from '../ui/icons';
import { hostOf, openNotes } from './api';
import { Call } from './call';
import { ModeChoice, ModeNotice } from './mode-choice';
import type { RoomProps } from './page';
import { PeoplePanel } from './people-panel';
import { ReactionMenu } from './reaction-menu';
import { Reactions } from './reactions';
import { meetingTexts } from './texts';
import { TileView } from './tile';

const figuresEveryMs = 2000;

/** Bytes since one entered, the rate of the last seconds, and what the line is like. */
function Figures({ call }: { call: Call }) {
  const texts = useText(meetingTexts);
  const [shown, setShown] = useState({ bytes: 0, rate: 0, delayMs: 0, lossPercent: 0 });
  useEffect(() => {
    let before = 0;
    const timer = setInterval(() => {
      void call.figures().then((now) => {
        const rate = Math.max(0, now.bytes - before) / (figuresEveryMs / 1000);
        before = now.bytes;
        setShown({ ...now, rate });
      });
    }, figuresEveryMs);
    return () => clearInterval(timer);
  }, [call]);
  const { bytes, rate, delayMs, lossPercent } = shown;
  const verdict = lossPercent >= 5 ? texts.lossy : delayMs >= 300 ? texts.far : texts.fine;
  return (
    <details class="visio-figures">
      <summary>{texts.bytes(weight(bytes), weight(rate))}</summary>
      <p class="small">
        <span class="strong">{texts.why}</span> : {verdict}{' '}
        {texts.quality(String(delayMs), String(lossPercent))}
      </p>
    </details>
  );
}

/** m, v, h, p: only where no text is being written. */
function useKeys(keys: Record<string, () => void>) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (
        event.ctrlKey ||
        event.altKey ||
        event.metaKey ||
        target.closest('input, textarea, select, [contenteditable]')
      )
        return;
      latest.current[event.key.toLowerCase()]?.();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

export function RoomView({ visitor, entry, devices, onGone }: RoomProps) {
  const texts = useText(meetingTexts);
  const call = useMemo(
    () =>
      new Call({
        entered: (name) => announce(texts.entered(name)),
        left: (name) => announce(texts.left(name)),
        raised: (name) => announce(texts.raised(name)),
        muted: () => toast(texts.mutedByHost),
      }),
    // One call for one stay.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [],
  );
  const reactions = useMemo(
    () => new Reactions(call.room, (name, what) => announce(texts.reacted(name, texts.reactions[what]))),
    // One call for one stay.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [call],
  );
  const state = useStore(call.state);
  const reacted = useStore(reactions.shown);
  const [problem, setProblem] = useState<string>();
  const [panel, setPanel] = useState(false);
  const [meeting, setMeeting] = useState(visitor.meeting);
  const meetingId = visitor.meeting?.id;
  const host = useMemo(
    () => (entry.host && meetingId ? hostOf(meetingId) : undefined),
    [entry.host, meetingId],
  );
  useEffect(() => {
    call
      .enter(entry, devices)
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : sentenceOf(error)));
    return () => void call.leave();
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [call]);
  const { gone, lobby } = state;
  useEffect(() => {
    if (gone) onGone(gone);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [gone]);
  useEffect(() => {
    if (lobby > 0 && host) setPanel(true);
  }, [lobby, host]);
  const self = state.tiles.find((tile) => tile.self && !tile.screen);
  const attempt = (act: Promise<void>) => void act.catch(() => toast(texts.noDevice, { tone: 'danger' }));
  const microphone = () => attempt(call.setMicrophone(!state.microphone));
  const camera = () => attempt(call.setCamera(!state.camera));
  const hand = () => attempt(call.setHand(!self?.hand));
  useKeys({ m: microphone, v: camera, h: hand, p: () => setPanel((open) => !open) });
  const screens = state.tiles.filter((tile) => tile.screen);
  const notes = () => {
    if (!meeting) return;
    const page = window.open('', '_blank');
    openNotes(meeting.id, texts.notesTitle(meeting.name)).then(
      ({ document_id }) => page?.location.replace(`/d/${document_id}?modifier`),
      (error: unknown) => {
        page?.close();
        toast(sentenceOf(error), { tone: 'danger' });
      },
    );
  };
  return (
    <div class="visio">
      <header class="visio-head row">
        <h1 class="grow">{visitor.meetingName}</h1>
        <ModeChoice mode={state.mode} onMode={(mode) => call.setMode(mode)} />
        <Figures call={call} />
      </header>
      {problem && <Banner tone="danger">{problem}</Banner>}
      {state.reconnecting && (
        <Banner tone="accent">
          <span role="status">{texts.reconnecting}</span>
        </Banner>
      )}
      {state.reduced && <ModeNotice mode={state.mode} onKeep={() => call.keepImages()} />}
      <div class="visio-body">
        <main class="visio-stage">
          {state.tiles.length === 1 && <p class="muted visio-alone">{texts.alone}</p>}
          <ul class={cx('visio-grid', screens.length > 0 && 'visio-presenting')} aria-label={texts.people}>
            {[...screens, ...state.tiles.filter((tile) => !tile.screen)].map((tile) => (
              <TileView key={tile.key} tile={tile} large={tile.screen} reaction={reacted[tile.identity]} />
            ))}
          </ul>
        </main>
        {panel && (
          <PeoplePanel
            tiles={state.tiles}
            lobby={lobby}
            host={host}
            meeting={meeting}
            onMeeting={setMeeting}
            onClose={() => setPanel(false)}
          />
        )}
      </div>
      <div class="visio-controls" role="toolbar" aria-label={texts.controls}>
        <IconButton
          round
          label={state.microphone ? texts.muteMe : texts.unmuteMe}
          icon={state.microphone ? micIcon : micOffIcon}
          class={cx(!state.microphone && 'visio-off')}
          onClick={microphone}
        />
        <IconButton
          round
          label={state.camera ? texts.stopCamera : texts.startCamera}
          icon={state.camera ? videoIcon : videoOffIcon}
          onClick={camera}
        />
        <IconButton
          round
          label={state.sharing ? texts.stopShare : texts.share}
          icon={screenShareIcon}
          aria-pressed={state.sharing}
          onClick={() => attempt(call.setSharing(!state.sharing))}
        />
        <IconButton
          round
          label={self?.hand ? texts.lower : texts.raise}
          icon={handIcon}
          aria-pressed={Boolean(self?.hand)}
          onClick={hand}
        />
        <ReactionMenu onReaction={(reaction) => void reactions.send(reaction)} />
        <IconButton
          round
          label={texts.people}
          icon={usersIcon}
          aria-expanded={panel}
          onClick={() => setPanel(!panel)}
        />
        {meeting && <IconButton round label={texts.notes} icon={fileTextIcon} onClick={notes} />}
        <IconButton
          round
          label={texts.leave}
          icon={phoneOffIcon}
          class="visio-leave"
          onClick={() => void call.leave()}
        />
      </div>
    </div>
  );
}
