import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import type { WantedPoll } from '../../lib/api/schema-meetings';
import { useText } from '../../lib/i18n';
import { Button, IconButton } from '../../ui/button';
import { Checkbox, RadioCards } from '../../ui/choice';
import { Banner } from '../../ui/feedback';
import { TextField } from '../../ui/field';
import { xIcon } from '../../ui/icons';
import { leastAnswers, mostAnswers, type Poll, type Polls } from './polls';
import { pollTexts } from './texts';

const empty: WantedPoll = {
  question: '',
  answers: ['', ''],
  multiple: false,
  anonymous: true,
  results: 'end',
};

interface Props {
  polls: Polls;
  /** What the form begins with: a draft, or an earlier poll to ask again. */
  from: Poll | undefined;
  onDone: () => void;
}

/** A question with its answers, kept for later or asked at once. */
export function PollForm({ polls, from, onDone }: Props) {
  const texts = useText(pollTexts);
  const draft = from?.state === 'draft' ? from.id : undefined;
  const [wanted, setWanted] = useState<WantedPoll>(
    from ? { ...from, answers: from.answers.map(({ text }) => text) } : empty,
  );
  const set = (part: Partial<WantedPoll>) => setWanted({ ...wanted, ...part });
  const { answers } = wanted;
  const save = useAction(
    async (open: boolean) => {
      const { question, multiple, anonymous, results } = wanted;
      const body = {
        question,
        multiple,
        anonymous,
        results,
        answers: answers.filter((answer) => answer.trim() !== ''),
      };
      const kept = await (draft ? polls.door.change(draft, body) : polls.door.make(body));
      await polls.act(open ? polls.door.open(kept.id) : Promise.resolve(kept));
    },
    { quiet: true, onDone },
  );
  return (
    <form
      class="visio-poll stack"
      onSubmit={(event) => {
        event.preventDefault();
        save.run(true);
      }}
    >
      <TextField
        label={texts.question}
        value={wanted.question}
        maxLength={250}
        required
        onValue={(question) => set({ question })}
      />
      {answers.map((answer, at) => (
        <div key={at} class="row visio-poll-answer">
          <div class="grow">
            <TextField
              label={texts.answer(at + 1)}
              value={answer}
              maxLength={100}
              onValue={(text) => set({ answers: answers.with(at, text) })}
            />
          </div>
          {answers.length > leastAnswers && (
            <IconButton
              label={texts.removeAnswer(at + 1)}
              icon={xIcon}
              onClick={() => set({ answers: answers.toSpliced(at, 1) })}
            />
          )}
        </div>
      ))}
      {answers.length < mostAnswers && (
        <Button small onClick={() => set({ answers: [...answers, ''] })}>
          {texts.addAnswer}
        </Button>
      )}
      <Checkbox
        label={texts.multiple}
        checked={wanted.multiple}
        onChecked={(multiple) => set({ multiple })}
      />
      <RadioCards
        legend={texts.secrecy}
        value={wanted.anonymous ? 'anonymous' : 'named'}
        onValue={(value) => set({ anonymous: value === 'anonymous' })}
        options={[
          { value: 'anonymous', label: texts.anonymous, detail: texts.anonymousHint },
          { value: 'named', label: texts.named, detail: texts.namedHint },
        ]}
      />
      <Checkbox
        label={texts.live}
        hint={texts.liveHint}
        checked={wanted.results === 'live'}
        onChecked={(live) => set({ results: live ? 'live' : 'end' })}
      />
      {save.problem && <Banner tone="danger">{save.problem}</Banner>}
      <div class="row visio-wrap">
        <Button type="submit" small variant="primary" busy={save.busy}>
          {texts.openNow}
        </Button>
        <Button small busy={save.busy} onClick={() => save.run(false)}>
          {texts.saveDraft}
        </Button>
        <Button small variant="ghost" onClick={onDone}>
          {texts.cancel}
        </Button>
      </div>
    </form>
  );
}
