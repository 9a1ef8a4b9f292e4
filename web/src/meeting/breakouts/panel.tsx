import './breakouts.css';
import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import type { BreakoutsView } from '../../lib/api/schema-meetings';
import { useText } from '../../lib/i18n';
import { useStore } from '../../lib/store';
import { Button } from '../../ui/button';
import { InlineSelect, TextField } from '../../ui/field';
import { layoutGridIcon } from '../../ui/icons';
import type { InsideProps } from '../inside';
import type { Panel } from '../panels';
import { type Breakouts, breakoutsOf } from './breakouts';
import { Countdown } from './countdown';
import { Planner } from './planner';
import { breakoutTexts } from './texts';

type Open = Extract<BreakoutsView, { open: true }>;
interface Props {
  view: Open;
  breakouts: Breakouts;
  host: boolean;
}

function Group({ group, view, breakouts, host }: Props & { group: Open['groups'][number] }) {
  const texts = useText(breakoutTexts);
  const act = useAction((done: () => Promise<unknown>) => breakouts.act(done()));
  const nameOf = (one: Open['groups'][number]) => (one.number === 0 ? texts.withAll : one.name);
  const here = view.here === group.number;
  const mine = group.number > 0 && view.assigned === group.number;
  const open = host || group.number === 0 || mine || view.choose;
  const places = view.groups.map((one) => ({ value: String(one.number), label: nameOf(one) }));
  return (
    <li class="visio-group stack">
      <div class="row">
        <h3 class="grow">
          {nameOf(group)}{' '}
          {(here || mine) && <span class="small muted">({here ? texts.here : texts.yours})</span>}
        </h3>
        {open && !here && (
          <Button
            small
            busy={act.busy}
            aria-label={texts.visitNamed(nameOf(group))}
            onClick={() => act.run(() => breakouts.door.go(group.number))}
          >
            {texts.visit}
          </Button>
        )}
      </div>
      {group.people?.length === 0 && <p class="small muted">{texts.nobody}</p>}
      {group.people && group.people.length > 0 && (
        <ul class="stack visio-people visio-places">
          {group.people.map(({ identity, name }) => (
            <li key={identity} class="row">
              <span class="grow">
                {name}
                {view.calls?.includes(identity) && (
                  <span class="small visio-guest block">{texts.needsHelp}</span>
                )}
              </span>
              {host && (
                <InlineSelect
                  label={texts.groupOf(name)}
                  options={places}
                  value={String(group.number)}
                  onValue={(value) => act.run(() => breakouts.door.assign(identity, Number(value)))}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** To all groups at once. */
function Message({ breakouts }: { breakouts: Breakouts }) {
  const texts = useText(breakoutTexts);
  const [text, setText] = useState('');
  const send = useAction(() => breakouts.door.tellAll(text), {
    done: texts.sent,
    onDone: () => setText(''),
  });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') send.run(undefined);
      }}
    >
      <TextField label={texts.message} value={text} maxLength={500} onValue={setText} />
      <Button type="submit" small busy={send.busy}>
        {texts.send}
      </Button>
    </form>
  );
}

function Running(props: Props) {
  const { view, breakouts, host } = props;
  const texts = useText(breakoutTexts);
  const ends = useStore(breakouts.ends);
  const act = useAction((done: () => Promise<unknown>) => breakouts.act(done()));
  return (
    <div class="visio-panel-body stack">
      {ends !== undefined && <Countdown ends={ends} />}
      <ul class="stack">
        {view.groups.map((group) => (
          <Group key={group.number} group={group} {...props} />
        ))}
      </ul>
      {host && (
        <>
          <Message breakouts={breakouts} />
          <Button small busy={act.busy} onClick={() => act.run(() => breakouts.door.extend(300))}>
            {texts.more}
          </Button>
          <Button
            small
            variant="danger"
            busy={act.busy}
            onClick={() => act.run(() => breakouts.door.close())}
          >
            {texts.closeAll}
          </Button>
        </>
      )}
    </div>
  );
}

function BreakoutsPanel({ inside }: InsideProps) {
  const texts = useText(breakoutTexts);
  const breakouts = breakoutsOf(inside);
  const view = useStore(breakouts.view);
  const host = inside.host !== undefined;
  if (view.open) return <Running view={view} breakouts={breakouts} host={host} />;
  if (host) return <Planner inside={inside} breakouts={breakouts} />;
  return (
    <div class="visio-panel-body stack">
      <p class="muted">{texts.withEverybody}</p>
    </div>
  );
}

export const breakoutsPanel: Panel = {
  id: 'breakouts',
  words: breakoutTexts,
  icon: layoutGridIcon,
  letter: 'g',
  place: 'more',
  offered: (inside) => inside.host !== undefined || breakoutsOf(inside).view.get().open,
  View: BreakoutsPanel,
};
