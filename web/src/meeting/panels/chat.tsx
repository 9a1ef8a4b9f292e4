import { useEffect } from 'preact/hooks';
import { dictionary } from '../../lib/i18n';
import { lazyView } from '../../lib/lazy-view';
import { useStore } from '../../lib/store';
import { messagesSquareIcon } from '../../ui/icons';
import { toast } from '../../ui/feedback';
import { chatPanelId, lastSpoken, unreadChat } from '../chat';
import type { InsideProps } from '../inside';
import type { Panel } from '../panels';
import { useText } from '../../lib/i18n';

const Salon = lazyView<InsideProps>(() => import('./chat-salon').then((module) => module.ChatSalon));
const Guests = lazyView<InsideProps>(() => import('./chat-guest').then((module) => module.ChatGuest));

const chatTexts = dictionary(
  { said: (author: string, text: string) => `${author} : ${text}`, open: 'Ouvrir' },
  { said: (author: string, text: string) => `${author}: ${text}`, open: 'Open' },
);
const longest = 120;

/** Counts what is new, and says it while the chat is closed. Shows nothing itself. */
export function ChatWatch({ inside }: InsideProps) {
  const texts = useText(chatTexts);
  const { meeting, guestChat, panel, show } = inside;
  const room = meeting?.chat_room_id;
  const closed = panel !== chatPanelId;
  const spoken = useStore(lastSpoken);
  useEffect(() => {
    if (!room) return;
    let stop: () => void = () => undefined;
    let over = false;
    void import('../chat-members').then(({ followSalon }) => {
      if (!over) stop = followSalon(room);
    });
    return () => {
      over = true;
      stop();
    };
  }, [room]);
  useEffect(() => guestChat?.show(!closed), [guestChat, closed]);
  useEffect(() => {
    if (!spoken || !closed) return;
    const text = spoken.text.length > longest ? `${spoken.text.slice(0, longest)}…` : spoken.text;
    toast(texts.said(spoken.author, text), { action: { label: texts.open, run: () => show(chatPanelId) } });
    // Said once, whatever is opened and closed afterwards.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [spoken?.id]);
  return null;
}

export const chatPanel: Panel = {
  id: chatPanelId,
  words: dictionary({ name: 'Discussion' }, { name: 'Chat' }),
  icon: messagesSquareIcon,
  letter: 'c',
  place: 'bar',
  offered: ({ meeting, guestChat }) => meeting?.chat_room_id !== undefined || guestChat !== undefined,
  useCount: () => useStore(unreadChat),
  View: ({ inside }) => (inside.guestChat ? <Guests inside={inside} /> : <Salon inside={inside} />),
};
