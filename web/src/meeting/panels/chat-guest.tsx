import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import type { GuestMessage } from '../../lib/api/schema';
import { clock, weight } from '../../lib/format';
import { dictionary, useText } from '../../lib/i18n';
import { store, useStore } from '../../lib/store';
import { Button } from '../../ui/button';
import { EmptyState } from '../../ui/feedback';
import { sendIcon } from '../../ui/icons';
import type { GuestConversation } from '../chat-guests';
import type { InsideProps } from '../inside';

const guestTexts = dictionary(
  {
    closed:
      'La discussion de cette visio est le salon d’un espace de travail. Un animateur peut l’ouvrir aux invités ; il ne l’a pas fait.',
    about:
      'Vous lisez ce qui s’écrit depuis votre arrivée. Vos messages portent votre nom et la mention « non authentifié ».',
    empty: 'Rien n’a été écrit depuis votre arrivée.',
    messages: 'Messages',
    write: 'Écrire un message',
    send: 'Envoyer',
    guest: 'non authentifié',
    file: (name: string, size: string) => `Fichier : ${name} (${size}), pour les membres de l’espace`,
  },
  {
    closed:
      'The chat of this meeting is a room of a work space. A host may open it to guests, and has not done so.',
    about:
      'You read what is written since you came in. Your messages bear your name and the words “not authenticated”.',
    empty: 'Nothing was written since you came in.',
    messages: 'Messages',
    write: 'Write a message',
    send: 'Send',
    guest: 'not authenticated',
    file: (name: string, size: string) => `File: ${name} (${size}), for the members of the space`,
  },
);
const maxCharacters = 2000;

function Line({ message }: { message: GuestMessage }) {
  const texts = useText(guestTexts);
  return (
    <article>
      <p class="small">
        <span class="strong">{message.author}</span>{' '}
        {!message.verified && <span class="visio-guest">{texts.guest} </span>}
        <time class="muted" dateTime={new Date(message.at).toISOString()}>
          {clock(message.at)}
        </time>
      </p>
      <p class="visio-said">
        {message.file ? texts.file(message.file, weight(message.file_bytes ?? 0)) : message.text}
      </p>
    </article>
  );
}

function Open({ chat }: { chat: GuestConversation }) {
  const texts = useText(guestTexts);
  const messages = useStore(chat.messages);
  const [text, setText] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const send = useAction((written: string) => chat.write(written), { onDone: () => setText('') });
  useLayoutEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [messages]);
  const submit = () => {
    if (text.trim() !== '' && !send.busy) send.run(text);
  };
  return (
    <>
      <p class="visio-about small muted">{texts.about}</p>
      {/* Scrolled by the arrow keys, like any long text. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={list} class="visio-messages" role="log" aria-label={texts.messages} tabIndex={0}>
        {messages.length === 0 && <p class="muted small">{texts.empty}</p>}
        {messages.map((message) => (
          <Line key={message.id} message={message} />
        ))}
      </div>
      <form
        class="visio-write"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <textarea
          class="input"
          rows={2}
          aria-label={texts.write}
          placeholder={texts.write}
          maxLength={maxCharacters}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        <Button
          type="submit"
          variant="primary"
          icon={sendIcon}
          busy={send.busy}
          disabled={text.trim() === ''}
        >
          {texts.send}
        </Button>
      </form>
    </>
  );
}

const never = store<boolean | undefined>(false);

/** The chat for somebody without account: by the house's hand, if the hosts allow it. */
export function ChatGuest({ inside: { guestChat } }: InsideProps) {
  const texts = useText(guestTexts);
  const open = useStore(guestChat?.open ?? never);
  return (
    <div class="visio-chat">
      {guestChat && open ? (
        <Open chat={guestChat} />
      ) : (
        open === false && <EmptyState>{texts.closed}</EmptyState>
      )}
    </div>
  );
}
