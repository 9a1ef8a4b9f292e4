import { useState } from 'preact/hooks';
import { ago, clock, dateTime } from '../../lib/format';
import { useText } from '../../lib/i18n';
import type { MatrixClient } from '../../matrix/client';
import { marksOf } from '../../matrix/compose';
import type { Room } from '../../matrix/room';
import type { Item, Timeline } from '../../matrix/timeline';
import { Button, IconButton } from '../../ui/button';
import { cx } from '../../ui/cx';
import { ConfirmDialog } from '../../ui/confirm';
import { Avatar } from '../../ui/display';
import { toast } from '../../ui/feedback';
import { Icon } from '../../ui/icon';
import { copyIcon, ellipsisIcon, messageSquareTextIcon, pencilIcon, pinIcon, replyIcon, trash2Icon } from '../../ui/icons';
import { Menu, MenuItem, MenuLine } from '../../ui/popover';
import { sentenceOf } from '../../lib/api/client';
import { Attachment } from './attachment';
import { EmojiPicker } from './emoji';
import { messageTexts } from './i18n';
import { Marks } from './marks';

export interface MessageHooks {
  reply: (item: Item) => void;
  edit: (item: Item) => void;
  openThread?: ((root: string) => void) | undefined;
}

interface Props extends MessageHooks {
  client: MatrixClient;
  room: Room;
  timeline: Timeline;
  item: Item;
  /** Same author a moment before: the name is not repeated. */
  follows: boolean;
  seenBy: number;
  /** The one message that the Tab key stops at; arrow keys go to the others. */
  active: boolean;
}

const attachments = new Set(['m.image', 'm.file', 'm.video', 'm.audio']);
/** Who wrote, when it was somebody without account: only the house says so. */
const guestOf = (room: Room, item: Item) =>
  item.event.sender === room.house ? item.event.content['fr.parvis.guest'] : undefined;
const failed = (error: unknown) => toast(sentenceOf(error), { tone: 'danger' });

function Reactions({ client, room, item }: Pick<Props, 'client' | 'room' | 'item'>) {
  const texts = useText(messageTexts);
  if (item.reactions.size === 0) return null;
  return (
    <div class="reactions">
      {[...item.reactions.values()].map(({ key, senders }) => {
        const names = [...senders.keys()].map((user) => room.memberName(user)).join(', ');
        return (
          <button
            key={key}
            type="button"
            class="reaction"
            aria-pressed={senders.has(client.me)}
            aria-label={texts.reaction(`${key} ${senders.size}`, names)}
            title={names}
            onClick={() => void client.react(room, item, key).catch(failed)}
          >
            <span aria-hidden="true">
              {key} {senders.size}
            </span>
          </button>
        );
      })}
    </div>
  );
}

function Actions({ client, room, item, reply, edit, openThread }: Props) {
  const texts = useText(messageTexts);
  const [removing, setRemoving] = useState(false);
  const mine = item.event.sender === client.me;
  const pinned = room.pinned.includes(item.id);
  const text = item.content.msgtype === 'm.text' || item.content.msgtype === undefined;
  const remove = () => {
    setRemoving(false);
    void client.redact(room, item.id).catch(failed);
  };
  return (
    <div class="message-actions">
      {room.maySend() && <EmojiPicker label={texts.react} onPick={(emoji) => void client.react(room, item, emoji).catch(failed)} />}
      {room.maySend() && <IconButton label={texts.reply} icon={replyIcon} onClick={() => reply(item)} />}
      {openThread && room.maySend() && (
        <IconButton label={texts.thread} icon={messageSquareTextIcon} onClick={() => openThread(item.id)} />
      )}
      <Menu
        label={texts.actions(room.memberName(item.event.sender))}
        trigger={(props) => (
          <IconButton {...props} label={texts.actions(room.memberName(item.event.sender))} icon={ellipsisIcon} />
        )}
      >
        {(close) => {
          const act = (run: () => void) => () => {
            close();
            run();
          };
          return (
            <>
              <MenuItem
                icon={<Icon d={copyIcon} />}
                onClick={act(() => void navigator.clipboard.writeText(item.content.body ?? '').then(() => toast(texts.copied)))}
              >
                {texts.copy}
              </MenuItem>
              {room.mayPin() && (
                <MenuItem icon={<Icon d={pinIcon} />} onClick={act(() => void client.pin(room, item.id, !pinned).catch(failed))}>
                  {pinned ? texts.unpin : texts.pin}
                </MenuItem>
              )}
              {mine && text && (
                <MenuItem icon={<Icon d={pencilIcon} />} onClick={act(() => edit(item))}>
                  {texts.edit}
                </MenuItem>
              )}
              {(mine || room.mayRedactAny()) && (
                <>
                  <MenuLine />
                  <MenuItem danger icon={<Icon d={trash2Icon} />} onClick={act(() => setRemoving(true))}>
                    {texts.remove}
                  </MenuItem>
                </>
              )}
            </>
          );
        }}
      </Menu>
      {removing && (
        <ConfirmDialog title={texts.removeTitle} confirm={texts.remove} danger onConfirm={remove} onClose={() => setRemoving(false)}>
          <p>{texts.removeText}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function Quoted({ room, timeline, item }: Pick<Props, 'room' | 'timeline' | 'item'>) {
  const relation = item.event.content['m.relates_to'];
  if (!relation || relation.is_falling_back) return null;
  const target = timeline.find(relation['m.in_reply_to']?.event_id ?? '');
  if (!target) return null;
  return (
    <p class="quoted">
      <span class="strong">{room.memberName(target.event.sender)}</span> {target.content.body?.slice(0, 140)}
    </p>
  );
}

function Body({ client, room, item }: Pick<Props, 'client' | 'room' | 'item'>) {
  const texts = useText(messageTexts);
  const guest = guestOf(room, item);
  if (item.redacted) return <p class="message-note">{texts.deleted}</p>;
  if (item.event.type === 'm.room.encrypted') return <p class="message-note">{texts.encrypted}</p>;
  if (attachments.has(item.content.msgtype ?? '')) return <Attachment content={item.content} />;
  return (
    <div class="message-text">
      <Marks marks={marksOf(guest ? { body: guest.text ?? '' } : item.content)} me={client.me} />
      {item.edited && <span class="message-edited"> ({texts.edited})</span>}
    </div>
  );
}

export function Message(props: Props) {
  const { client, room, timeline, item, follows, seenBy, active, openThread } = props;
  const texts = useText(messageTexts);
  const { sender, origin_server_ts: at } = item.event;
  const guest = guestOf(room, item);
  const name = guest?.name ?? room.memberName(sender);
  const thread = item.thread;
  return (
    <article
      class={cx('message', follows && 'message-follows', item.status === 'failed' && 'message-failed')}
      aria-label={`${name}, ${dateTime(at)}`}
      data-message={item.id}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- articles of a feed take the focus (WAI-ARIA, "Feed")
      tabIndex={active ? 0 : -1}
    >
      {follows ? (
        <time class="message-gutter" dateTime={new Date(at).toISOString()}>
          {clock(at)}
        </time>
      ) : (
        <Avatar id={sender} name={name} />
      )}
      <div class="message-main">
        {!follows && (
          <p class="message-head">
            <span class="strong">{name}</span>{' '}
            {guest && <span class="message-guest">{texts.unverified} </span>}
            <time class="message-time" dateTime={new Date(at).toISOString()}>
              {clock(at)}
            </time>
          </p>
        )}
        <Quoted room={room} timeline={timeline} item={item} />
        <Body client={client} room={room} item={item} />
        <Reactions client={client} room={room} item={item} />
        {thread && openThread && (
          <button type="button" class="thread-link" onClick={() => openThread(item.id)}>
            <span class="strong">{texts.replies(thread.count)}</span>
            {thread.latest_event && <span class="muted"> {texts.lastReply(ago(thread.latest_event.origin_server_ts))}</span>}
          </button>
        )}
        {item.status === 'sending' && <p class="message-note">{texts.sending}</p>}
        {item.status === 'failed' && (
          <p class="message-note message-note-danger" role="alert">
            {texts.failed}{' '}
            <Button small onClick={() => client.retry(room, item, timeline)}>
              {texts.retry}
            </Button>
          </p>
        )}
        {seenBy > 0 && <p class="message-seen">{texts.seen(seenBy)}</p>}
      </div>
      {item.status === 'sent' && !item.redacted && <Actions {...props} />}
    </article>
  );
}
