import { useState } from 'preact/hooks';
import { useAction } from '../../../lib/action';
import type { DocumentThread } from '../../../lib/api/schema';
import { useText } from '../../../lib/i18n';
import { Button } from '../../../ui/button';
import { TextArea } from '../../../ui/field';
import type { Anchor, Range } from './anchors';
import { commentTexts } from './i18n';
import { MentionArea } from './mention-area';
import { openThread } from './queries';

export interface Draft {
  range: Range;
  anchor: Anchor;
  quote: string;
  suggests: boolean;
}

interface Props {
  document: string;
  draft: Draft;
  onDone: (thread: DocumentThread) => void;
  onCancel: () => void;
}

/** What of a passage is kept with a comment; a longer one can be commented, not replaced. */
export const longestQuote = 500;

export function NewThread({ document, draft, onDone, onCancel }: Props) {
  const texts = useText(commentTexts);
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  const [replacement, setReplacement] = useState(draft.quote);
  const publish = useAction(
    () =>
      openThread(document, {
        anchor: draft.anchor,
        quote: draft.quote.slice(0, longestQuote),
        text,
        ...(draft.suggests && { suggestion: { replacement } }),
      }),
    { onDone },
  );
  const ready = draft.suggests ? replacement !== draft.quote : text.trim() !== '';
  const submit = () => {
    if (ready && !publish.busy) publish.run(undefined);
  };
  return (
    // Escape does what the button "Cancel" does.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      class="doc-thread doc-thread-on doc-comment-form"
      aria-label={draft.suggests ? texts.newSuggestion : texts.newComment}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <p class="doc-quote">{draft.quote}</p>
      {draft.suggests && (
        <TextArea label={texts.replacement} value={replacement} onValue={setReplacement} maxLength={2000} />
      )}
      <MentionArea
        autoFocus={!draft.suggests}
        label={draft.suggests ? texts.why : texts.text}
        value={typed}
        onValue={(value, sent) => {
          setTyped(value);
          setText(sent);
        }}
        onSubmit={submit}
      />
      <div class="doc-comment-acts">
        <Button small variant="primary" type="submit" busy={publish.busy} disabled={!ready}>
          {texts.publish}
        </Button>
        <Button small onClick={onCancel}>
          {texts.cancel}
        </Button>
      </div>
    </form>
  );
}
