import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import type { Host, WaitingGuest } from '../api';
import { roomTexts } from '../room-texts';

/** Guests who wait to be let in. */
export function Lobby({ host, lobby }: { host: Host; lobby: number }) {
  const texts = useText(roomTexts);
  const [guests, setGuests] = useState<WaitingGuest[]>([]);
  useEffect(() => {
    const look = () => void host.waiting().then(setGuests, () => undefined);
    look();
    const timer = setInterval(look, 15_000);
    return () => clearInterval(timer);
  }, [host, lobby]);
  const decide = useAction(async ({ ticket, admit }: { ticket: string; admit: boolean }) => {
    await host.decide(ticket, admit);
    setGuests(await host.waiting());
  });
  if (guests.length === 0) return null;
  return (
    <section class="visio-lobby stack" role="status">
      <h3>{texts.lobbyTitle(guests.length)}</h3>
      <ul class="stack">
        {guests.map(({ ticket, name }) => (
          <li key={ticket} class="row visio-wrap">
            <span class="grow">{name}</span>
            <Button small variant="primary" onClick={() => decide.run({ ticket, admit: true })}>
              {texts.admit}
            </Button>
            <Button small onClick={() => decide.run({ ticket, admit: false })}>
              {texts.refuse}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
