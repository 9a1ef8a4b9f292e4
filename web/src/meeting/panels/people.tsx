import { dictionary, useText } from '../../lib/i18n';
import { Icon } from '../../ui/icon';
import { handIcon, micOffIcon, usersIcon } from '../../ui/icons';
import type { InsideProps } from '../inside';
import type { Panel } from '../panels';
import { roomTexts } from '../room-texts';
import { HostControls } from './host-controls';
import { Lobby } from './lobby';
import { PersonMenu } from './person-menu';

/** Who is there, hands in the order they were raised; what hosts may do. */
function People({ inside: { state, host, meeting, onMeeting } }: InsideProps) {
  const texts = useText(roomTexts);
  const people = state.tiles.filter((tile) => !tile.screen);
  return (
    <div class="visio-panel-body stack">
      {host && <Lobby host={host} lobby={state.lobby} />}
      <p class="small muted">{texts.peopleCount(people.length)}</p>
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
  View: People,
};
