import { useEffect, useState } from 'preact/hooks';
import type { Awareness } from 'y-protocols/awareness';
import { useText } from '../../../lib/i18n';
import { useStore } from '../../../lib/store';
import { Icon } from '../../../ui/icon';
import { circleCheckIcon, refreshCwIcon, triangleAlertIcon, wifiOffIcon } from '../../../ui/icons';
import { documentTexts } from '../i18n';
import type { SaveState } from '../sync/save-state';
import type { Live } from './live';

const stateIcons: Record<SaveState, string> = {
  connecting: refreshCwIcon,
  saved: circleCheckIcon,
  saving: refreshCwIcon,
  waiting: triangleAlertIcon,
  offline: wifiOffIcon,
  refused: triangleAlertIcon,
};

export function SaveStatus({ live }: { live: Live }) {
  const texts = useText(documentTexts).state;
  const state = useStore(live.connection.state);
  const text = state === 'waiting' && !live.copy.available ? texts.waitingUnkept : texts[state];
  return (
    <span class={`doc-state doc-state-${state}`} role="status">
      <Icon d={stateIcons[state]} small />
      {text}
    </span>
  );
}

interface Present {
  id: string;
  name: string;
}

export function usePresent(awareness: Awareness): Present[] {
  const [people, setPeople] = useState<Present[]>([]);
  useEffect(() => {
    const read = () => {
      const found = new Map<string, Present>();
      for (const state of awareness.getStates().values()) {
        const user = state['user'] as Partial<Present> | undefined;
        if (user?.id && user.name) found.set(user.id, { id: user.id, name: user.name });
      }
      setPeople([...found.values()]);
    };
    read();
    awareness.on('change', read);
    return () => awareness.off('change', read);
  }, [awareness]);
  return people;
}
