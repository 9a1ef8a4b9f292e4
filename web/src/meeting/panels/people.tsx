import { useAction } from '../../lib/action';
import { dictionary, useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { Avatar } from '../../ui/display';
import { Icon } from '../../ui/icon';
import { handIcon, micIcon, micOffIcon, usersIcon } from '../../ui/icons';
import type { Host } from '../api';
import type { Tile } from '../call';
import { hostTexts } from '../host-texts';
import type { InsideProps } from '../inside';
import type { Panel } from '../panels';
import { roomTexts } from '../room-texts';
import { HostControls } from './host-controls';
import { Lobby } from './lobby';
import { PersonMenu } from './person-menu';

/** Raised hands, in the order they were raised. */
function Hands({ people, host }: { people: Tile[]; host: Host | undefined }) {
  const texts = useText(hostTexts);
  const raised = people.filter((tile) => tile.hand !== '');
  const lower = useAction((tiles: Tile[]) =>
    Promise.all(host ? tiles.map((tile) => host.lowerHand(tile.identity)) : []),
  );
  if (raised.length === 0) return null;
  return (
    <section class="visio-hands stack" aria-label={texts.hands(raised.length)}>
      <div class="row">
        <h3 class="grow">{texts.hands(raised.length)}</h3>
        {host && (
          <Button small onClick={() => lower.run(raised)}>
            {texts.lowerAll}
          </Button>
        )}
      </div>
      <ol class="stack">
        {raised.map((tile, index) => (
          <li key={tile.key} class="row">
            <span class="tabular strong">{texts.turn(String(index + 1))}</span>
            <Icon d={handIcon} small />
            <span class="grow">{tile.name}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Person({ tile, sharing, host }: { tile: Tile; sharing: boolean; host: Host | undefined }) {
  const texts = useText(roomTexts);
  return (
    <li class="row">
      <Avatar id={tile.identity} name={tile.name} size="s" />
      <span class="grow">
        {tile.name} {tile.self && <span class="muted">({texts.you})</span>}
        {tile.host && <span class="small muted block">{texts.host}</span>}
        {!tile.verified && <span class="visio-guest block">{texts.guest}</span>}
      </span>
      <span class={tile.speaking ? 'visio-talks' : 'muted'}>
        <Icon d={tile.muted ? micOffIcon : micIcon} small />
        {tile.muted && <span class="unseen">{texts.muted}</span>}
        {tile.speaking && <span class="unseen">{texts.speaking}</span>}
      </span>
      {host && !tile.self && <PersonMenu tile={tile} sharing={sharing} host={host} />}
    </li>
  );
}

/** Who is there; what hosts may do. */
function People({ inside: { state, host, meeting, onMeeting } }: InsideProps) {
  const texts = useText(roomTexts);
  const people = state.tiles.filter((tile) => !tile.screen);
  const shares = new Set(state.tiles.filter((tile) => tile.screen).map((tile) => tile.identity));
  return (
    <div class="visio-panel-body stack">
      {host && <Lobby host={host} lobby={state.lobby} />}
      <Hands people={people} host={host} />
      <p class="small muted">{texts.peopleCount(people.length)}</p>
      <ul class="visio-people">
        {people.map((tile) => (
          <Person key={tile.key} tile={tile} sharing={shares.has(tile.identity)} host={host} />
        ))}
      </ul>
      {host && meeting && <HostControls host={host} meeting={meeting} onMeeting={onMeeting} />}
    </div>
  );
}

export const peoplePanel: Panel = {
  id: 'people',
  words: dictionary({ name: 'Participants' }, { name: 'Participants' }),
  icon: usersIcon,
  letter: 'p',
  place: 'bar',
  useCount: ({ state }) => state.tiles.filter((tile) => !tile.screen).length,
  View: People,
};
