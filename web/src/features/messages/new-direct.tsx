import './new-direct.css';
import { useQuery } from '../../lib/query';
import { useState } from 'preact/hooks';
import { useLocation } from 'wouter';
import { useAction } from '../../lib/action';
import { api } from '../../lib/api/client';
import { fetchPeople } from '../../lib/api/queries';
import type { PersonBrief } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { Avatar } from '../../ui/display';
import { Dialog } from '../../ui/dialog';
import { SearchField } from '../../ui/field';
import { messageTexts } from './i18n';

export function NewDirect({ onClose }: { onClose: () => void }) {
  const texts = useText(messageTexts);
  const [query, setQuery] = useState('');
  const [, go] = useLocation();
  const { data } = useQuery({
    queryKey: ['people', query],
    queryFn: ({ signal }) => fetchPeople(query, signal),
    enabled: query.length >= 2,
  });
  const open = useAction((person: PersonBrief) => api.post<{ room_id: string }>('/direct', { person: person.id }), {
    onDone: ({ room_id }) => {
      onClose();
      go(`/messages/${encodeURIComponent(room_id)}`);
    },
  });
  const people = data?.people ?? [];
  return (
    <Dialog title={texts.newDirect} onClose={onClose}>
      <SearchField label={texts.findPerson} value={query} onValue={setQuery} />
      {query.length >= 2 && data && people.length === 0 && <p class="muted">{texts.noPerson}</p>}
      <ul class="person-list">
        {people.map((person) => (
          <li key={person.id}>
            <button type="button" class="person-row" onClick={() => open.run(person)}>
              <Avatar id={person.id} name={person.name} />
              <span class="grow">
                <span class="strong">{person.name}</span>
                <span class="muted small"> {[person.title, person.administration].filter(Boolean).join(' · ')}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
