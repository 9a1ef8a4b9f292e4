import { useEffect, useRef, useState } from 'preact/hooks';
import { useAction } from '../lib/action';
import type { Reception } from '../lib/api/schema';
import { clock } from '../lib/format';
import { useText } from '../lib/i18n';
import { IconButton, Button } from '../ui/button';
import { Banner } from '../ui/feedback';
import { xIcon } from '../ui/icons';
import { keepImagesAlways } from './api';
import type { InsideProps } from './inside';
import { isRicher } from './modes';
import { policyTexts } from './policy-texts';

type Said = 'limited' | 'soon' | 'ended' | 'urgent' | undefined;

/** What is to be said of the policy; `before` is what was said last. */
export function saidOf(reception: Reception | undefined, before: Said): Said {
  if (!reception || reception.exempt) return undefined;
  if (reception.window !== '') return reception.urgent_now ? 'urgent' : 'limited';
  if (reception.soon) return 'soon';
  // The window is over, the images are not back yet.
  const held = isRicher(reception.meetings.entry, reception.mode);
  return held && (before === 'limited' || before === 'ended') ? 'ended' : undefined;
}

/** Hours of the network policy begin, apply and end: which rule, until when, and what one can do about it. */
export function PolicyNotice({ inside: { call, state, meeting } }: InsideProps) {
  const texts = useText(policyTexts);
  const { reception } = state;
  const last = useRef<Said>(undefined);
  const said = saidOf(reception, last.current);
  const [hidden, setHidden] = useState<string>();
  useEffect(() => {
    last.current = said;
  }, [said]);
  const exempt = useAction(keepImagesAlways, { done: texts.exemptDone });
  // A notice that was read stays away until there is another one.
  const matter = `${said ?? ''} ${reception?.window ?? ''} ${reception?.until ?? ''}`;
  if (!reception || !said || hidden === matter) return null;
  const sentences: Record<NonNullable<Said>, string> = {
    limited: reception.sentence,
    soon: texts.soon(clock(reception.next ?? 0)),
    ended: texts.ended,
    urgent: texts.urgentNow(clock(reception.until ?? 0)),
  };
  return (
    <Banner
      tone={said === 'limited' ? 'info' : 'primary'}
      action={
        <>
          {said === 'ended' && (
            <Button small onClick={() => call.setMode('full')}>
              {texts.imagesNow}
            </Button>
          )}
          {said === 'limited' && meeting && (
            <Button small busy={exempt.busy} onClick={() => exempt.run(undefined)}>
              {texts.needImages}
            </Button>
          )}
          <IconButton label={texts.hide} icon={xIcon} onClick={() => setHidden(matter)} />
        </>
      }
    >
      <span role="status">{sentences[said]}</span>
    </Banner>
  );
}
