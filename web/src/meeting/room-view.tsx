import './room.css';
import './panels.css';
import { RoomEvent } from 'livekit-client';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { announce } from '../lib/a11y/announce';
import { sentenceOf } from '../lib/api/client';
import { useText } from '../lib/i18n';
import { useStore } from '../lib/store';
import { Banner, toast } from '../ui/feedback';
import { type Entry, hostOf, readMeeting, type Visitor } from './api';
import { Call } from './call';
import { GuestConversation } from './chat-guests';
import { Controls } from './controls';
import type { Inside } from './inside';
import { headPieces, notices } from './notices';
import type { RoomProps } from './page';
import { panelsFor } from './panels';
import { Reactions } from './reactions';
import { SidePanel } from './side-panel';
import { Stage } from './stage';
import { roomTexts } from './room-texts';

/** One call, and those who react in it, for one stay. */
function useCall(visitor: Visitor, entry: Entry) {
  const texts = useText(roomTexts);
  return useMemo(
    () => {
      const call = new Call({
        entered: (name) => announce(texts.entered(name)),
        left: (name) => announce(texts.left(name)),
        raised: (name) => announce(texts.raised(name)),
        muted: () => toast(texts.mutedByHost),
        device: (sentence) => toast(sentence, { tone: 'danger' }),
        deviceChanged: (name) => announce(texts.nowUsed(name)),
        cameraRefused: () => toast(texts.cameraRefused, { tone: 'danger' }),
      });
      const said = (name: string, what: keyof typeof texts.reactions) =>
        announce(texts.reacted(name, texts.reactions[what]));
      const guestChat = visitor.guestChat && new GuestConversation(visitor.guestChat(entry), call);
      return { call, reactions: new Reactions(call.room, said), guestChat };
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [],
  );
}

export function RoomView({ visitor, entry, devices, onGone }: RoomProps) {
  const { call, reactions, guestChat } = useCall(visitor, entry);
  const state = useStore(call.state);
  const reacted = useStore(reactions.shown);
  const [problem, setProblem] = useState<string>();
  const [panel, setPanel] = useState<string>();
  const [meeting, setMeeting] = useState(visitor.meeting);
  const meetingId = visitor.meeting?.id;
  const self = state.tiles.find((tile) => tile.self && !tile.screen);
  const hosting = self?.host ?? entry.host;
  const host = useMemo(() => (hosting && meetingId ? hostOf(meetingId) : undefined), [hosting, meetingId]);
  useEffect(() => {
    call
      .enter(entry, devices)
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : sentenceOf(error)));
    return () => void call.leave();
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [call]);
  useEffect(() => {
    if (!meetingId) return;
    // A host changed it: the lock, the chat of guests.
    const look = () => void readMeeting(meetingId).then(setMeeting, () => undefined);
    const told = (_: unknown, who: unknown, __: unknown, topic?: string) => {
      if (who === undefined && topic === 'parvis.meeting') look();
    };
    call.room.on(RoomEvent.RoomMetadataChanged, look).on(RoomEvent.DataReceived, told);
    return () => void call.room.off(RoomEvent.RoomMetadataChanged, look).off(RoomEvent.DataReceived, told);
  }, [call, meetingId]);
  const { gone, lobby } = state;
  useEffect(() => {
    if (gone) onGone(gone);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [gone]);
  useEffect(() => {
    if (lobby > 0 && host) setPanel('people');
  }, [lobby, host]);
  const inside: Inside = {
    call,
    state,
    visitor,
    entry,
    meeting,
    onMeeting: setMeeting,
    host,
    guestChat,
    self,
    panel,
    show: setPanel,
  };
  const open = panelsFor(inside).find(({ id }) => id === panel);
  return (
    <div class="visio">
      <header class="visio-head row">
        <h1 class="grow">{visitor.meetingName}</h1>
        {headPieces.map((Piece, index) => (
          <Piece key={index} inside={inside} />
        ))}
      </header>
      <div class="visio-notices">
        {problem && <Banner tone="danger">{problem}</Banner>}
        {notices.map((Notice, index) => (
          <Notice key={index} inside={inside} />
        ))}
      </div>
      <div class="visio-body">
        <Stage inside={inside} reacted={reacted} />
        {open && <SidePanel panel={open} inside={inside} />}
      </div>
      <Controls inside={inside} reactions={reactions} />
    </div>
  );
}
