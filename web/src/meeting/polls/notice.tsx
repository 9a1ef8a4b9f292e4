import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../../lib/a11y/announce';
import { useText } from '../../lib/i18n';
import { useStore } from '../../lib/store';
import { Button } from '../../ui/button';
import { Banner } from '../../ui/feedback';
import type { InsideProps } from '../inside';
import { type Poll, pollsOf } from './polls';
import { pollTexts } from './texts';

/** Says aloud what opens and closes, and offers to answer. */
export function PollNotice({ inside }: InsideProps) {
  const texts = useText(pollTexts);
  const polls = pollsOf(inside);
  const page = useStore(polls.page);
  const waiting = useStore(polls.waiting);
  const before = useRef<Record<string, Poll['state']> | undefined>(undefined);
  useEffect(() => {
    if (!page) return;
    for (const poll of page.polls) {
      const was = before.current?.[poll.id];
      if (poll.state === 'open' && was !== 'open' && !poll.choice) announce(texts.opened(poll.question));
      if (poll.state === 'closed' && was === 'open') announce(texts.closed(poll.question));
    }
    before.current = Object.fromEntries(page.polls.map((poll) => [poll.id, poll.state]));
  }, [page, texts]);
  const [poll] = waiting;
  if (!poll || inside.panel === 'polls') return null;
  return (
    <Banner
      tone="info"
      action={
        <span class="row visio-wrap">
          <Button small variant="primary" onClick={() => inside.show('polls')}>
            {texts.answerNow}
          </Button>
          <Button small variant="ghost" onClick={() => polls.later(poll.id)}>
            {texts.later}
          </Button>
        </span>
      }
    >
      {texts.opened(poll.question)}
    </Banner>
  );
}
