import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { announce } from '../../../lib/a11y/announce';
import { useAction } from '../../../lib/action';
import type { DocumentMeta, DocumentThread } from '../../../lib/api/schema';
import { ago } from '../../../lib/format';
import { useText } from '../../../lib/i18n';
import { Button } from '../../../ui/button';
import { cx } from '../../../ui/cx';
import { Avatar, Tag } from '../../../ui/display';
import { diffWords } from '../parts/diff';
import { commentTexts } from './i18n';
import { MentionArea } from './mention-area';
import { partsOf } from './mentions';
import { longestQuote } from './new-thread';
import { changeThread, deleteThread, replyTo } from './queries';

interface Props {
  thread: DocumentThread;
  meta: DocumentMeta;
  me: string | undefined;
  active: boolean;
  /** What the passage says now; nothing when it is gone. */
  passage: string | undefined;
  onJump: () => void;
  /** Makes the edit that was accepted. */
  apply: (replacement: string) => void;
  /** The text on this device is known to be that of the server. */
  settled: boolean;
}

function Said({ author, at, text }: Pick<DocumentThread, 'author' | 'at' | 'text'>) {
  return (
    <div class="doc-said">
      <Avatar id={author.id} name={author.name} size="s" />
      <div class="grow">
        <div class="doc-said-who">
          <span class="strong">{author.name}</span> <span class="small muted">{ago(at)}</span>
        </div>
        {text !== '' && (
          <p class="doc-said-text">
            {partsOf(text).map((part, index) =>
              typeof part === 'string' ? (
                part
              ) : (
                <span key={index} class="doc-mention">
                  @{part.name}
                </span>
              ),
            )}
          </p>
        )}
      </div>
    </div>
  );
}

/** The passage and what would stand in its place: colour, and a line through or under. */
function Suggested({ quote, replacement }: { quote: string; replacement: string }) {
  const texts = useText(commentTexts);
  return (
    <p class="doc-suggested">
      <span class="unseen">{texts.replaceBy(quote, replacement)}</span>
      <span aria-hidden="true">
        {diffWords(quote, replacement).map(({ kind, text }, index) =>
          kind === 'same' ? (
            text
          ) : kind === 'added' ? (
            <ins key={index}>{text}</ins>
          ) : (
            <del key={index}>{text}</del>
          ),
        )}
      </span>
    </p>
  );
}

function Reply({ thread, document, onEnd }: { thread: string; document: string; onEnd: () => void }) {
  const texts = useText(commentTexts);
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  const send = useAction(() => replyTo(document, thread, text), { onDone: onEnd });
  const submit = () => {
    if (text.trim() !== '' && !send.busy) send.run(undefined);
  };
  return (
    <form
      class="doc-comment-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <MentionArea
        autoFocus
        label={texts.replyText}
        value={typed}
        onValue={(value, sent) => {
          setTyped(value);
          setText(sent);
        }}
        onSubmit={submit}
      />
      <div class="doc-comment-acts">
        <Button small variant="primary" type="submit" busy={send.busy} disabled={text.trim() === ''}>
          {texts.send}
        </Button>
        <Button small onClick={onEnd}>
          {texts.cancel}
        </Button>
      </div>
    </form>
  );
}

function Acts(props: Props & { onReply: (() => void) | undefined }) {
  const { thread, meta, me, passage, apply, settled, onReply } = props;
  const texts = useText(commentTexts);
  const mine = thread.author.id === me;
  const undecided = thread.suggestion !== undefined && thread.accepted === undefined;
  const change = useAction((wanted: { resolved?: boolean; accepted?: boolean }) =>
    changeThread(meta.id, thread.id, wanted),
  );
  // Recorded first: of two who accept at once, one is refused, and the text is changed once.
  const accept = useAction(() => changeThread(meta.id, thread.id, { accepted: true }), {
    onDone: () => {
      apply(thread.suggestion?.replacement ?? '');
      announce(texts.acceptedDone);
    },
  });
  const remove = useAction(() => deleteThread(meta.id, thread.id), { done: texts.removed });
  const act = (label: string, run: () => void) => (
    <Button small variant="ghost" busy={change.busy || remove.busy} onClick={run}>
      {label}
    </Button>
  );
  const list: ComponentChildren[] = [];
  if (undecided && meta.rights.write && !thread.resolved) {
    if (passage !== undefined)
      list.push(
        <Button
          small
          variant="primary"
          busy={accept.busy}
          disabled={!settled}
          title={settled ? undefined : texts.waiting}
          onClick={() => accept.run(undefined)}
        >
          {texts.accept}
        </Button>,
      );
    list.push(
      <Button small busy={change.busy} onClick={() => change.run({ accepted: false })}>
        {texts.refuse}
      </Button>,
    );
  }
  if (onReply) list.push(act(texts.reply, onReply));
  if ((mine || meta.rights.write) && thread.accepted === undefined)
    list.push(
      act(thread.resolved ? texts.reopen : texts.resolve, () => change.run({ resolved: !thread.resolved })),
    );
  if (mine && thread.replies.every((reply) => reply.author.id === me))
    list.push(act(texts.remove, () => remove.run(undefined)));
  return list.length > 0 ? <div class="doc-comment-acts">{list}</div> : null;
}

export function ThreadCard(props: Props) {
  const { thread, meta, active, passage, onJump } = props;
  const texts = useText(commentTexts);
  const [replying, setReplying] = useState(false);
  const gone = passage === undefined;
  const changed = !gone && passage.slice(0, longestQuote) !== thread.quote && !thread.resolved;
  return (
    <li id={`fil-${thread.id}`} class={cx('doc-thread', active && 'doc-thread-on')} tabIndex={-1}>
      <button
        type="button"
        class="doc-quote"
        disabled={gone}
        aria-label={texts.passage(thread.quote)}
        onClick={onJump}
      >
        {thread.quote}
      </button>
      {gone && !thread.resolved && <p class="small muted">{texts.passageGone}</p>}
      {changed && <p class="small muted">{texts.passageChanged}</p>}
      <Said author={thread.author} at={thread.at} text={thread.text} />
      {thread.suggestion && <Suggested quote={thread.quote} replacement={thread.suggestion.replacement} />}
      {thread.accepted !== undefined && (
        <Tag tone={thread.accepted ? 'ok' : 'neutral'}>
          {thread.accepted ? texts.accepted : texts.refused}
        </Tag>
      )}
      {thread.replies.length > 0 && (
        <ul class="doc-replies" aria-label={texts.replies(thread.replies.length)}>
          {thread.replies.map((reply) => (
            <li key={reply.id}>
              <Said {...reply} />
            </li>
          ))}
        </ul>
      )}
      {replying ? (
        <Reply thread={thread.id} document={meta.id} onEnd={() => setReplying(false)} />
      ) : (
        <Acts
          {...props}
          onReply={meta.rights.comment && !thread.resolved ? () => setReplying(true) : undefined}
        />
      )}
    </li>
  );
}
