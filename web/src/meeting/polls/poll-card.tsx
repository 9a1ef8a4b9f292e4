import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { toast } from '../../ui/feedback';
import type { Inside } from '../inside';
import { notesTexts } from '../panels/notes';
import { Ballot } from './ballot';
import type { Poll, Polls } from './polls';
import { Results } from './results';
import { pollTexts } from './texts';

interface Props {
  poll: Poll;
  polls: Polls;
  inside: Inside;
  /** Into the form: to change a draft, or to ask once more. */
  onEdit: (poll: Poll) => void;
}

function Acts({ poll, polls, inside, onEdit }: Props) {
  const texts = useText(pollTexts);
  const words = useText(notesTexts);
  const act = useAction((run: () => Promise<unknown>) => polls.act(run()));
  const { door } = polls;
  const minutes = useAction(() => door.toMinutes(poll.id, words.title(inside.visitor.meetingName)), {
    onDone: ({ document_id }) =>
      toast(texts.inMinutes, {
        action: { label: texts.see, run: () => void window.open(`/d/${document_id}?modifier`, '_blank') },
      }),
  });
  if (poll.state === 'draft')
    return (
      <div class="row visio-wrap">
        <Button small variant="primary" busy={act.busy} onClick={() => act.run(() => door.open(poll.id))}>
          {texts.open}
        </Button>
        <Button small onClick={() => onEdit(poll)}>
          {texts.change}
        </Button>
        <Button small busy={act.busy} onClick={() => act.run(() => door.remove(poll.id))}>
          {texts.remove}
        </Button>
      </div>
    );
  if (poll.state === 'open')
    return poll.manage ? (
      <div class="row">
        <Button small busy={act.busy} onClick={() => act.run(() => door.close(poll.id))}>
          {texts.close}
        </Button>
      </div>
    ) : null;
  if (!inside.meeting) return null;
  return (
    <div class="row visio-wrap">
      {poll.manage && (
        <>
          <Button small busy={minutes.busy} onClick={() => minutes.run(undefined)}>
            {texts.toMinutes}
          </Button>
          <Button small onClick={() => onEdit(poll)}>
            {texts.again}
          </Button>
        </>
      )}
      <a class="button button-s" href={door.csvPath(poll.id)} download>
        {texts.csv}
      </a>
    </div>
  );
}

/** One poll: to answer, or with what was answered; below, what its author or a host does with it. */
export function PollCard(props: Props) {
  const { poll, polls } = props;
  const texts = useText(pollTexts);
  const [changing, setChanging] = useState(false);
  const voting = poll.state === 'open' && (!poll.choice || changing);
  return (
    <article class="visio-poll stack" aria-label={poll.question}>
      <p class="small muted row visio-wrap">
        <span class="grow">{texts.states[poll.state]}</span>
        {poll.state !== 'draft' && <span>{texts.voters(poll.voters)}</span>}
      </p>
      {voting ? (
        <Ballot poll={poll} polls={polls} onVoted={() => setChanging(false)} />
      ) : (
        <>
          <h3>{poll.question}</h3>
          {poll.state === 'draft' ? (
            <ul class="visio-poll-draft">
              {poll.answers.map(({ text }) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          ) : (
            <Results poll={poll} />
          )}
          <p class="small muted">
            {poll.anonymous ? texts.anonymous : texts.named} · {texts.askedBy(poll.author)}
          </p>
          {poll.state === 'open' && (
            <div class="row">
              <Button small onClick={() => setChanging(true)}>
                {texts.changeVote}
              </Button>
            </div>
          )}
        </>
      )}
      <Acts {...props} />
    </article>
  );
}
