import './messages.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link } from 'wouter';
import { useText } from '../../lib/i18n';
import { useStore } from '../../lib/store';
import type { MatrixClient } from '../../matrix/client';
import type { Room } from '../../matrix/room';
import type { Item } from '../../matrix/timeline';
import { MeetButton } from '../../lib/meetings/meet-button';
import { IconButton } from '../../ui/button';
import { Avatar } from '../../ui/display';
import { Banner, Skeleton } from '../../ui/feedback';
import { Icon } from '../../ui/icon';
import { chevronLeftIcon, hashIcon, lockIcon, pinIcon, xIcon } from '../../ui/icons';
import { Popover } from '../../ui/popover';
import { Composer } from './composer';
import { messageTexts } from './i18n';
import { TimelineView } from './timeline-view';

function Pinned({ room }: { room: Room }) {
  const texts = useText(messageTexts);
  return (
    <Popover label={texts.pinned} trigger={(props) => <IconButton {...props} label={texts.pinned} icon={pinIcon} />}>
      {() => (
        <div class="pinned">
          <h2>{texts.pinned}</h2>
          {room.pinned.length === 0 && <p class="muted">{texts.noPinned}</p>}
          <ul>
            {room.pinned.map((id) => {
              const item = room.timeline.find(id);
              return item ? (
                <li key={id}>
                  <span class="strong">{room.memberName(item.event.sender)}</span> {item.content.body}
                </li>
              ) : null;
            })}
          </ul>
        </div>
      )}
    </Popover>
  );
}

function Typing({ room }: { room: Room }) {
  const texts = useText(messageTexts);
  const names = room.typing.slice(0, 3).map((user) => room.memberName(user));
  return (
    <p class="typing" role="status">
      {names.length > 0 ? texts.typing(names.join(', '), names.length > 1) : ''}
    </p>
  );
}

interface Target {
  replyTo: Item | undefined;
  editing: Item | undefined;
}
const nothing: Target = { replyTo: undefined, editing: undefined };

function Thread({ client, room, root, onClose }: { client: MatrixClient; room: Room; root: string; onClose: () => void }) {
  const texts = useText(messageTexts);
  const [target, setTarget] = useState(nothing);
  const timeline = room.thread(root);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
    void client.loadThread(room, root);
  }, [client, room, root]);
  return (
    <section class="conversation conversation-thread" aria-label={texts.threadTitle}>
      <header class="conversation-head">
        <h2 tabIndex={-1} ref={title} class="grow">
          {texts.threadTitle}
        </h2>
        <IconButton label={texts.closeThread} icon={xIcon} onClick={onClose} />
      </header>
      <TimelineView
        client={client}
        room={room}
        timeline={timeline}
        label={texts.threadTitle}
        hasOlder={false}
        reply={(replyTo) => setTarget({ replyTo, editing: undefined })}
        edit={(editing) => setTarget({ replyTo: undefined, editing })}
        onBottom={(last) => void client.read(room, last.id, root)}
      />
      <Composer
        key={root}
        client={client}
        room={room}
        timeline={timeline}
        thread={root}
        label={texts.answerThread}
        {...target}
        onDone={() => setTarget(nothing)}
      />
    </section>
  );
}

interface Props {
  client: MatrixClient;
  room: Room;
  /** Where the return arrow goes on a phone. */
  backTo?: string;
  heading?: 'h1' | 'h2' | 'h3';
  /** The space the salon is shown in, whose meetings the person may join. */
  meetIn?: string;
}

export function Conversation({ client, room, backTo, heading = 'h2', meetIn }: Props) {
  const texts = useText(messageTexts);
  useStore(room.version);
  useStore(room.timeline.version); // its first page may come after the room
  const state = useStore(client.state);
  const [target, setTarget] = useState(nothing);
  const [thread, setThread] = useState<string>();
  const [firstNew, setFirstNew] = useState<string>();
  const title = room.title();
  const Heading = heading;

  useEffect(() => {
    setTarget(nothing);
    setThread(undefined);
    setFirstNew(undefined);
    const unread = room.unread;
    const load = room.timeline.items.length < 2 ? client.loadOlder(room) : Promise.resolve();
    void load.then(() => {
      const { items } = room.timeline;
      if (unread > 0 && unread < items.length) setFirstNew(items[items.length - unread]?.id);
    });
  }, [client, room]);

  return (
    <div class={thread ? 'conversation-pair conversation-pair-open' : 'conversation-pair'}>
      <section class="conversation" aria-label={title}>
        <header class="conversation-head">
          {backTo !== undefined && (
            <Link class="icon-button conversation-back" href={backTo} aria-label={texts.back}>
              <Icon d={chevronLeftIcon} />
            </Link>
          )}
          {room.direct ? <Avatar id={room.otherPerson() ?? room.id} name={title} size="s" /> : <Icon d={room.encrypted ? lockIcon : hashIcon} />}
          <div class="grow conversation-name">
            <Heading tabIndex={-1}>{title}</Heading>
            {room.topic !== '' && <p class="muted small">{room.topic}</p>}
          </div>
          {!room.direct && room.peopleCount() > 0 && <span class="muted small">{texts.members(room.peopleCount())}</span>}
          {meetIn !== undefined && <MeetButton space={meetIn} origin={{ kind: 'room', id: room.id }} name={title} />}
          <Pinned room={room} />
        </header>
        {room.timeline.items.length === 0 && room.older !== undefined ? (
          <div class="grow">
            <Skeleton lines={6} />
          </div>
        ) : (
          <TimelineView
            key={room.id}
            client={client}
            room={room}
            timeline={room.timeline}
            label={texts.messages}
            firstNew={firstNew}
            hasOlder={room.older !== undefined}
            onOlder={() => client.loadOlder(room)}
            onBottom={(last) => void client.read(room, last.id)}
            openThread={setThread}
            reply={(replyTo) => setTarget({ replyTo, editing: undefined })}
            edit={(editing) => setTarget({ replyTo: undefined, editing })}
          />
        )}
        <Typing room={room} />
        {state === 'waiting' && <p class="conversation-note">{texts.offline}</p>}
        {room.encrypted ? (
          <Banner tone="info">{texts.encryptedRoom}</Banner>
        ) : room.maySend() ? (
          <Composer
            key={room.id}
            client={client}
            room={room}
            timeline={room.timeline}
            label={room.direct ? texts.writeTo(title) : texts.write(title)}
            {...target}
            onDone={() => setTarget(nothing)}
          />
        ) : (
          <p class="conversation-note">{texts.readOnly}</p>
        )}
      </section>
      {thread && <Thread client={client} room={room} root={thread} onClose={() => setThread(undefined)} />}
    </div>
  );
}
