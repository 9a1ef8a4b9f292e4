import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { RadioCards } from '../../ui/choice';
import { Banner } from '../../ui/feedback';
import { InlineSelect, Select, TextField } from '../../ui/field';
import type { Inside } from '../inside';
import type { Breakouts } from './breakouts';
import { shuffled } from './shuffle';
import { breakoutTexts } from './texts';

const counts = Array.from({ length: 19 }, (_, at) => at + 2);
const durations = [0, 5, 10, 15, 20, 30, 45, 60, 90];

/** Before the groups open: how many, their names, who goes where, for how long. */
export function Planner({ inside, breakouts }: { inside: Inside; breakouts: Breakouts }) {
  const texts = useText(breakoutTexts);
  const [count, setCount] = useState(2);
  const [names, setNames] = useState<Record<number, string>>({});
  const [choose, setChoose] = useState(false);
  const [places, setPlaces] = useState<Record<string, number>>({});
  const [minutes, setMinutes] = useState(15);
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  const nameOf = (number: number) => names[number] ?? texts.groupName(number);
  const people = inside.state.tiles.filter((tile) => !tile.screen && !tile.self);
  const placeOf = (identity: string) => {
    const place = places[identity] ?? 0;
    return place <= count ? place : 0;
  };
  const open = useAction(
    () =>
      breakouts.act(
        breakouts.door.open({
          groups: numbers.map((number) => ({
            name: nameOf(number),
            identities: people.map(({ identity }) => identity).filter((one) => placeOf(one) === number),
          })),
          choose,
          duration_s: minutes * 60,
        }),
      ),
    { quiet: true },
  );
  const groups = [0, ...numbers].map((number) => ({
    value: String(number),
    label: number === 0 ? texts.withAll : nameOf(number),
  }));
  return (
    <form
      class="visio-panel-body stack"
      onSubmit={(event) => {
        event.preventDefault();
        open.run(undefined);
      }}
    >
      <p class="small muted">{texts.about}</p>
      <Select
        label={texts.howMany}
        value={String(count)}
        options={counts.map((one) => ({ value: String(one), label: String(one) }))}
        onValue={(value) => setCount(Number(value))}
      />
      {numbers.map((number) => (
        <TextField
          key={number}
          label={texts.nameOf(number)}
          value={nameOf(number)}
          maxLength={50}
          onValue={(name) => setNames({ ...names, [number]: name })}
        />
      ))}
      <RadioCards
        legend={texts.manner}
        value={choose ? 'choose' : 'assigned'}
        onValue={(value) => setChoose(value === 'choose')}
        options={[
          { value: 'assigned', label: texts.assigned, detail: texts.assignedHint },
          { value: 'choose', label: texts.choose, detail: texts.chooseHint },
        ]}
      />
      {people.length > 0 && (
        <ul class="stack visio-people visio-places">
          {people.map(({ identity, name }) => (
            <li key={identity} class="row">
              <span class="grow">{name}</span>
              <InlineSelect
                label={texts.groupOf(name)}
                options={groups}
                value={String(placeOf(identity))}
                onValue={(value) => setPlaces({ ...places, [identity]: Number(value) })}
              />
            </li>
          ))}
        </ul>
      )}
      <Button
        small
        onClick={() =>
          setPlaces(
            shuffled(
              people.filter(({ host }) => !host).map(({ identity }) => identity),
              count,
            ),
          )
        }
      >
        {texts.random}
      </Button>
      <Select
        label={texts.duration}
        value={String(minutes)}
        options={durations.map((one) => ({
          value: String(one),
          label: one === 0 ? texts.unlimited : texts.minutes(one),
        }))}
        onValue={(value) => setMinutes(Number(value))}
      />
      {open.problem && <Banner tone="danger">{open.problem}</Banner>}
      <Button type="submit" variant="primary" busy={open.busy}>
        {texts.open}
      </Button>
    </form>
  );
}
