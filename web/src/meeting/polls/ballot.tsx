import { useId, useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/a11y/announce';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import type { Poll, Polls } from './polls';
import { pollTexts } from './texts';

/** The answers to choose from; what becomes of the name is said before. */
export function Ballot({ poll, polls, onVoted }: { poll: Poll; polls: Polls; onVoted: () => void }) {
  const texts = useText(pollTexts);
  const name = useId();
  const [chosen, setChosen] = useState<number[]>(poll.choice ?? []);
  const vote = useAction(() => polls.act(polls.door.vote(poll.id, chosen)), {
    onDone: () => {
      announce(texts.voted);
      onVoted();
    },
  });
  const choose = (at: number, on: boolean) =>
    setChosen(poll.multiple ? [...chosen.filter((one) => one !== at), ...(on ? [at] : [])] : [at]);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen.length > 0) vote.run(undefined);
      }}
    >
      <fieldset class="stack">
        <legend class="strong">{poll.question}</legend>
        <p class="small muted">{poll.anonymous ? texts.tellAnonymous : texts.tellNamed}</p>
        {poll.answers.map((answer, at) => (
          <label key={at} class="check visio-poll-choice">
            <input
              type={poll.multiple ? 'checkbox' : 'radio'}
              name={name}
              checked={chosen.includes(at)}
              onInput={(event) => choose(at, event.currentTarget.checked)}
            />
            <span>{answer.text}</span>
          </label>
        ))}
      </fieldset>
      <div class="row">
        <Button type="submit" small variant="primary" busy={vote.busy} disabled={chosen.length === 0}>
          {texts.vote}
        </Button>
      </div>
    </form>
  );
}
