import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../../lib/a11y/announce';
import { useAction } from '../../lib/action';
import type { BreakoutsView } from '../../lib/api/schema-meetings';
import { useText } from '../../lib/i18n';
import { useStore } from '../../lib/store';
import { Button } from '../../ui/button';
import { Banner } from '../../ui/feedback';
import type { InsideProps } from '../inside';
import { type Breakouts, breakoutsOf } from './breakouts';
import { Countdown } from './countdown';
import { breakoutTexts } from './texts';

const nameOf = (view: BreakoutsView, group: number): string | undefined =>
  view.open && group > 0 ? view.groups[group]?.name : undefined;

/** Said aloud: where one is now, and, to hosts, who asks for help. */
function useSaid(view: BreakoutsView) {
  const texts = useText(breakoutTexts);
  const before = useRef<BreakoutsView>({ open: false });
  useEffect(() => {
    const was = before.current;
    before.current = view;
    const [here, wasHere] = [view.open ? view.here : 0, was.open ? was.here : 0];
    if (here !== wasHere) {
      const name = nameOf(view, here);
      announce(name === undefined ? texts.withEverybody : texts.inGroup(name));
    }
    const known = was.open ? (was.calls ?? []) : [];
    const everybody = view.open ? view.groups.flatMap(({ people }) => people ?? []) : [];
    for (const call of view.open ? (view.calls ?? []) : [])
      if (!known.includes(call))
        announce(texts.calls(everybody.find(({ identity }) => identity === call)?.name ?? ''));
  }, [view, texts]);
}

function MessageNotice({ breakouts }: { breakouts: Breakouts }) {
  const texts = useText(breakoutTexts);
  const message = useStore(breakouts.message);
  useEffect(() => {
    if (message) announce(`${texts.from(message.from)} : ${message.text}`);
  }, [message, texts]);
  if (!message) return null;
  return (
    <Banner
      tone="accent"
      title={texts.from(message.from)}
      action={
        <Button small onClick={() => breakouts.message.set(undefined)}>
          {texts.ok}
        </Button>
      }
    >
      {message.text}
    </Banner>
  );
}

/** Where one is, for how long, and the way out; a host's message to all groups. */
export function BreakoutNotice({ inside }: InsideProps) {
  const texts = useText(breakoutTexts);
  const breakouts = breakoutsOf(inside);
  const view = useStore(breakouts.view);
  const ends = useStore(breakouts.ends);
  const act = useAction((done: () => Promise<unknown>) => breakouts.act(done()));
  useSaid(view);
  if (!view.open) return <MessageNotice breakouts={breakouts} />;
  const { here, assigned, asking } = view;
  const current = nameOf(view, here);
  const own = nameOf(view, assigned);
  const said =
    current !== undefined
      ? texts.inGroup(current)
      : own !== undefined
        ? texts.yourGroup(own)
        : view.choose
          ? texts.chooseOne
          : texts.areOpen;
  return (
    <>
      <MessageNotice breakouts={breakouts} />
      <Banner
        tone="primary"
        action={
          <span class="row visio-wrap">
            {here > 0 && !inside.host && (
              <Button small aria-pressed={asking} onClick={() => act.run(() => breakouts.door.help(!asking))}>
                {asking ? texts.noHelp : texts.help}
              </Button>
            )}
            {here > 0 && (
              <Button small busy={act.busy} onClick={() => act.run(() => breakouts.door.go(0))}>
                {texts.back}
              </Button>
            )}
            {here === 0 && assigned > 0 && (
              <Button
                small
                variant="primary"
                busy={act.busy}
                onClick={() => act.run(() => breakouts.door.go(assigned))}
              >
                {texts.visit}
              </Button>
            )}
            {(inside.host !== undefined || view.choose) && inside.panel !== 'breakouts' && (
              <Button small onClick={() => inside.show('breakouts')}>
                {texts.show}
              </Button>
            )}
          </span>
        }
      >
        {said} {ends !== undefined && <Countdown ends={ends} />}
      </Banner>
    </>
  );
}
