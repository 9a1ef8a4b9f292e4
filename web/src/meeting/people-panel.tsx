import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../lib/action';
import { dateTime } from '../lib/format';
import { useText } from '../lib/i18n';
import { Button, IconButton } from '../ui/button';
import { toast } from '../ui/feedback';
import { Icon } from '../ui/icon';
import { ellipsisIcon, handIcon, micOffIcon, xIcon } from '../ui/icons';
import { kitTexts } from '../ui/i18n';
import { Menu, MenuItem } from '../ui/popover';
import type { Host, Meeting, WaitingGuest } from './api';
import type { Tile } from './call';
import { meetingTexts } from './texts';

const csvField = (text: string) => {
  // A spreadsheet must not take a name for a formula.
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
};

async function saveAttendance(host: Host, name: string): Promise<void> {
  const lines = await host.attendance();
  const rows = lines.map((line) => [
    line.name,
    line.verified ? 'oui' : 'non',
    dateTime(line.joined_at),
    line.left_at ? dateTime(line.left_at) : '',
  ]);
  const text = [['Nom', 'Authentifié', 'Entrée', 'Sortie'], ...rows]
    .map((row) => row.map(csvField).join(';'))
    .join('\r\n');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`\ufeff${text}\r\n`], { type: 'text/csv' }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function Lobby({ host, lobby }: { host: Host; lobby: number }) {
  const texts = useText(meetingTexts);
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

function PersonMenu({ tile, host }: { tile: Tile; host: Host }) {
  const texts = useText(meetingTexts);
  const act = useAction((run: () => Promise<unknown>) => run());
  const { identity } = tile;
  const entries: [string, () => Promise<unknown>, boolean][] = [
    [texts.mute, () => host.mute(identity), false],
    ...(tile.hand
      ? [
          [texts.lowerTheirs, () => host.lowerHand(identity), false] as [
            string,
            () => Promise<unknown>,
            boolean,
          ],
        ]
      : []),
    ...(tile.verified && !tile.host
      ? [[texts.makeHost, () => host.makeHost(identity), false] as [string, () => Promise<unknown>, boolean]]
      : []),
    [texts.remove, () => host.remove(identity, false), true],
    [texts.bar, () => host.remove(identity, true), true],
  ];
  return (
    <Menu
      label={texts.actionsOn(tile.name)}
      trigger={(trigger) => (
        <button type="button" class="icon-button" aria-label={texts.actionsOn(tile.name)} {...trigger}>
          <Icon d={ellipsisIcon} />
        </button>
      )}
    >
      {(close) =>
        entries.map(([label, run, danger]) => (
          <MenuItem
            key={label}
            danger={danger}
            onClick={() => {
              close();
              act.run(run);
            }}
          >
            {label}
          </MenuItem>
        ))
      }
    </Menu>
  );
}

interface Props {
  tiles: Tile[];
  lobby: number;
  /** Absent for those who are not hosts. */
  host: Host | undefined;
  meeting: Meeting | undefined;
  onMeeting: (meeting: Meeting) => void;
  onClose: () => void;
}

/** Who is there, hands in the order they were raised; what hosts may do. */
export function PeoplePanel({ tiles, lobby, host, meeting, onMeeting, onClose }: Props) {
  const texts = useText(meetingTexts);
  const kit = useText(kitTexts);
  const people = tiles.filter((tile) => !tile.screen);
  const change = useAction(
    (wanted: Parameters<Host['change']>[0]) => host?.change(wanted) ?? Promise.reject(new Error()),
    {
      onDone: onMeeting,
    },
  );
  const act = useAction((run: () => Promise<unknown>) => run());
  const link = meeting?.guest_link;
  return (
    <aside class="visio-panel" aria-label={texts.people}>
      <div class="row">
        <h2 class="grow">{texts.peopleCount(people.length)}</h2>
        <IconButton label={kit.close} icon={xIcon} onClick={onClose} />
      </div>
      {host && <Lobby host={host} lobby={lobby} />}
      <ul class="stack visio-people">
        {people.map((tile) => (
          <li key={tile.key} class="row">
            <span class="grow">
              {tile.name} {tile.self && <span class="muted">({texts.you})</span>}
              {tile.host && <span class="small muted block">{texts.host}</span>}
              {!tile.verified && <span class="small visio-guest block">{texts.guest}</span>}
            </span>
            {tile.hand && (
              <>
                <Icon d={handIcon} small />
                <span class="unseen">{texts.handUp}</span>
              </>
            )}
            {tile.muted && (
              <>
                <Icon d={micOffIcon} small />
                <span class="unseen">{texts.muted}</span>
              </>
            )}
            {host && !tile.self && <PersonMenu tile={tile} host={host} />}
          </li>
        ))}
      </ul>
      {host && meeting && (
        <div class="stack">
          <Button small onClick={() => act.run(host.muteAll)}>
            {texts.muteAll}
          </Button>
          <Button small onClick={() => change.run({ locked: !meeting.locked })}>
            {meeting.locked ? texts.unlock : texts.lock}
          </Button>
          {link ? (
            <Button
              small
              onClick={() => void navigator.clipboard.writeText(link).then(() => toast(texts.copied))}
            >
              {texts.copyLink}
            </Button>
          ) : (
            <Button small onClick={() => change.run({ guests: true })}>
              {texts.guests}
            </Button>
          )}
          <Button small onClick={() => act.run(() => saveAttendance(host, meeting.name))}>
            {texts.attendance}
          </Button>
          <Button small variant="danger" onClick={() => act.run(host.end)}>
            {texts.endAll}
          </Button>
        </div>
      )}
    </aside>
  );
}
