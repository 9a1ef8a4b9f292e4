import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { useText } from '../../lib/i18n';
import { store, useStore } from '../../lib/store';
import { Button } from '../../ui/button';
import type { Forbidden, Host } from '../api';
import { hostTexts } from '../host-texts';

/** Grows when somebody is excluded, so that the list is read again. */
export const excluded = store(0);

/** Who may not come back, and may again. */
export function ForbiddenList({ host }: { host: Host }) {
  const texts = useText(hostTexts);
  const turn = useStore(excluded);
  const [people, setPeople] = useState<Forbidden[]>([]);
  const look = () => host.forbidden().then(setPeople, () => undefined);
  useEffect(() => {
    void look();
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [host, turn]);
  const allow = useAction((identity: string) => host.allow(identity), { done: texts.allowed, onDone: look });
  if (people.length === 0) return null;
  return (
    <section class="stack visio-forbidden" aria-label={texts.forbidden}>
      <h4>{texts.forbidden}</h4>
      <ul class="stack">
        {people.map(({ identity, name }) => (
          <li key={identity} class="row">
            <span class="grow">{name || texts.nameless}</span>
            <Button small onClick={() => allow.run(identity)}>
              {texts.allow}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
