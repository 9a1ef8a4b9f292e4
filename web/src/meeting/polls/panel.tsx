import './polls.css';
import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { useText } from '../../lib/i18n';
import { useStore } from '../../lib/store';
import { Button } from '../../ui/button';
import { Switch } from '../../ui/choice';
import { Loading } from '../../ui/feedback';
import { clipboardListIcon, plusIcon } from '../../ui/icons';
import type { Inside, InsideProps } from '../inside';
import type { Panel } from '../panels';
import { PollCard } from './poll-card';
import { PollForm } from './poll-form';
import { type Poll, pollsOf } from './polls';
import { pollTexts } from './texts';

/** Open polls first, then drafts, then what was decided. */
const order = { open: 0, draft: 1, closed: 2 };

function PollsView({ inside }: InsideProps) {
  const texts = useText(pollTexts);
  const polls = pollsOf(inside);
  const page = useStore(polls.page);
  const [form, setForm] = useState<{ from: Poll | undefined }>();
  const rule = useAction((everyone: boolean) => polls.act(polls.door.letEveryoneAsk(everyone)));
  if (!page) return <Loading />;
  const shown = page.polls.toSorted((a, b) => order[a.state] - order[b.state]);
  if (form)
    return (
      <div class="visio-panel-body stack">
        <PollForm polls={polls} from={form.from} onDone={() => setForm(undefined)} />
      </div>
    );
  return (
    <div class="visio-panel-body stack">
      {page.ask && (
        <Button small icon={plusIcon} onClick={() => setForm({ from: undefined })}>
          {texts.ask}
        </Button>
      )}
      {shown.length === 0 && <p class="muted">{texts.none}</p>}
      {shown.map((poll) => (
        <PollCard
          key={poll.id}
          poll={poll}
          polls={polls}
          inside={inside}
          onEdit={(from) => setForm({ from })}
        />
      ))}
      {inside.host && (
        <Switch label={texts.everyone} checked={page.everyone} onChecked={(everyone) => rule.run(everyone)} />
      )}
    </div>
  );
}

const useWaiting = (inside: Inside): number => useStore(pollsOf(inside).waiting).length;

export const pollsPanel: Panel = {
  id: 'polls',
  words: pollTexts,
  icon: clipboardListIcon,
  letter: 'q',
  place: 'wide',
  useCount: useWaiting,
  View: PollsView,
};
