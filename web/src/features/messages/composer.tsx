import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { fold, weight } from '../../lib/format';
import { useText } from '../../lib/i18n';
import type { MatrixClient } from '../../matrix/client';
import { textContent, withRelation } from '../../matrix/compose';
import type { Member, Room } from '../../matrix/room';
import type { Item, Timeline } from '../../matrix/timeline';
import { Button, IconButton } from '../../ui/button';
import { ConfirmDialog } from '../../ui/confirm';
import { atSignIcon, paperclipIcon, sendIcon, xIcon } from '../../ui/icons';
import { useAction } from '../../lib/action';
import { EmojiPicker } from './emoji';
import { messageTexts } from './i18n';

interface Props {
  client: MatrixClient;
  room: Room;
  timeline: Timeline;
  thread?: string | undefined;
  label: string;
  replyTo: Item | undefined;
  editing: Item | undefined;
  onDone: () => void;
}

const mostSuggestions = 6;
const drafts = new Map<string, string>();
/** The word after the last @ before the caret, when one is being written. */
const mentionAt = /(?:^|\s)@([^\s@]{0,40})$/;

function useMentions(client: MatrixClient, room: Room, area: HTMLTextAreaElement | null, text: string) {
  const [query, setQuery] = useState<string>();
  const [active, setActive] = useState(0);
  useEffect(() => {
    const found = area ? mentionAt.exec(text.slice(0, area.selectionStart)) : null;
    setQuery(found?.[1]);
    setActive(0);
    if (found) void client.loadMembers(room);
  }, [text, area, client, room]);
  const wanted = query === undefined ? undefined : fold(query);
  const people =
    wanted === undefined
      ? []
      : [...room.members.values()]
          .filter((member) => member.id !== client.me && fold(member.name).split(/[\s-]/).some((word) => word.startsWith(wanted)))
          .slice(0, mostSuggestions);
  return { people, query, active, setActive, close: () => setQuery(undefined) };
}

export function Composer({ client, room, timeline, thread, label, replyTo, editing, onDone }: Props) {
  const texts = useText(messageTexts);
  const draftKey = `${room.id}/${thread ?? ''}`;
  const [text, setText] = useState(drafts.get(draftKey) ?? '');
  const [mentioned, setMentioned] = useState<Member[]>([]);
  const [file, setFile] = useState<File>();
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const listId = useId();
  const mentions = useMentions(client, room, area.current, text);

  useEffect(() => {
    setText(editing ? (editing.content.body ?? '') : (drafts.get(draftKey) ?? ''));
    if (editing || replyTo) area.current?.focus();
  }, [editing, replyTo, draftKey]);

  const write = (next: string) => {
    setText(next);
    if (!editing) drafts.set(draftKey, next);
    client.typing(room, next !== '');
  };
  const insert = (piece: string) => {
    const at = area.current?.selectionStart ?? text.length;
    write(text.slice(0, at) + piece + text.slice(at));
    area.current?.focus();
  };
  const mention = (person: Member) => {
    const at = area.current?.selectionStart ?? text.length;
    const before = text.slice(0, at).replace(/@[^\s@]*$/, `@${person.name} `);
    setMentioned([...mentioned, person]);
    write(before + text.slice(at));
    mentions.close();
    area.current?.focus();
  };
  const send = () => {
    if (text.trim() === '') return;
    const content = textContent({ text, mentioned, replyTo: editing ? undefined : replyTo?.id, thread: editing ? undefined : thread });
    if (editing) void client.edit(room, editing, content);
    else client.send(room, content, timeline);
    client.typing(room, false);
    drafts.delete(draftKey);
    setText('');
    setMentioned([]);
    onDone();
  };
  const upload = useAction((chosen: File) => client.upload(chosen), {
    quiet: true,
    onDone: (content) => {
      client.send(room, withRelation(content, { replyTo: replyTo?.id, thread }), timeline);
      setFile(undefined);
      onDone();
    },
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (mentions.people.length > 0) {
      const { active, people, setActive } = mentions;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        setActive((active + (event.key === 'ArrowDown' ? 1 : people.length - 1)) % people.length);
        return;
      }
      const person = people[active];
      if ((event.key === 'Enter' || event.key === 'Tab') && person) {
        event.preventDefault();
        mention(person);
        return;
      }
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape') {
      if (mentions.people.length > 0) mentions.close();
      else if (editing || replyTo) onDone();
      else return;
      event.stopPropagation();
    }
  };
  const suggesting = mentions.people.length > 0;
  return (
    // A file may also be dropped here; the button and pasting do the same.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        setFile(event.dataTransfer?.files[0]);
      }}
    >
      {(replyTo ?? editing) && (
        <div class="composer-about">
          <span class="grow">{editing ? texts.editing : texts.replyingTo(room.memberName(replyTo?.event.sender ?? ''))}</span>
          <IconButton label={texts.cancel} icon={xIcon} onClick={onDone} />
        </div>
      )}
      {suggesting && (
        <div class="composer-suggestions" id={listId} role="listbox" aria-label={texts.suggestions}>
          {mentions.people.map((person, index) => (
            <div
              key={person.id}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === mentions.active}
              onPointerDown={(event) => {
                event.preventDefault();
                mention(person);
              }}
            >
              {person.name}
            </div>
          ))}
        </div>
      )}
      <textarea
        ref={area}
        class="composer-text"
        rows={Math.min(8, text.split('\n').length)}
        aria-label={label}
        placeholder={label}
        title={texts.hint}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={suggesting ? listId : undefined}
        aria-activedescendant={suggesting ? `${listId}-${mentions.active}` : undefined}
        value={text}
        maxLength={20_000}
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const pasted = event.clipboardData?.files[0];
          if (!pasted) return;
          event.preventDefault();
          setFile(pasted);
        }}
      />
      <div class="composer-bar">
        <input
          ref={picker}
          type="file"
          hidden
          onChange={(event) => {
            setFile(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        />
        {!editing && <IconButton label={texts.attach} icon={paperclipIcon} onClick={() => picker.current?.click()} />}
        <IconButton label={texts.mention} icon={atSignIcon} onClick={() => insert('@')} />
        <EmojiPicker label={texts.emoji} onPick={insert} />
        <span class="grow" />
        <Button type="submit" variant="primary" icon={sendIcon} disabled={text.trim() === ''}>
          {editing ? texts.save : texts.send}
        </Button>
      </div>
      {file && (
        <ConfirmDialog
          title={texts.attach}
          confirm={texts.send}
          busy={upload.busy}
          error={upload.problem}
          onConfirm={() => upload.run(file)}
          onClose={() => setFile(undefined)}
        >
          <p>{texts.sendFile(file.name, weight(file.size))}</p>
        </ConfirmDialog>
      )}
    </form>
  );
}
