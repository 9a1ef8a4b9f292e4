import { useText } from '../../lib/i18n';
import type { Poll } from './polls';
import { pollTexts } from './texts';

export const percentOf = (votes: number, voters: number): number =>
  voters > 0 ? Math.round((votes * 100) / voters) : 0;

function Names({ poll }: { poll: Poll }) {
  const texts = useText(pollTexts);
  if (!poll.ballots || poll.ballots.length === 0) return null;
  return (
    <details class="small">
      <summary>{texts.who}</summary>
      <ul>
        {poll.ballots.map(({ name, choice }, at) => (
          <li key={at}>
            {name} : {choice.map((one) => poll.answers[one]?.text).join(', ')}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The answers with what they got, as far as it may be shown. The bar repeats the words. */
export function Results({ poll }: { poll: Poll }) {
  const texts = useText(pollTexts);
  const shown = poll.answers.every(({ votes }) => votes !== undefined);
  return (
    <>
      <ul class="stack">
        {poll.answers.map(({ text, votes }, at) => (
          <li key={at} class="visio-poll-result">
            <span class="row">
              <span class="grow">
                {text}{' '}
                {poll.choice?.includes(at) && <span class="small visio-poll-mine">({texts.mine})</span>}
              </span>
              {votes !== undefined && (
                <span class="small muted">{texts.votes(votes, percentOf(votes, poll.voters))}</span>
              )}
            </span>
            {votes !== undefined && (
              <meter aria-hidden="true" min={0} max={Math.max(1, poll.voters)} value={votes} />
            )}
          </li>
        ))}
      </ul>
      {!shown && (
        <p class="small muted">{poll.results === 'live' ? texts.hiddenUntilThree : texts.hiddenUntilEnd}</p>
      )}
      <Names poll={poll} />
    </>
  );
}
