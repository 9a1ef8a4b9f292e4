import { useEffect, useState } from 'preact/hooks';
import { useText } from '../../lib/i18n';
import { liveState, newBuild } from '../../lib/live';
import { useStore } from '../../lib/store';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { wifiOffIcon } from '../../ui/icons';
import { appTexts } from '../i18n';

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    addEventListener('online', update);
    addEventListener('offline', update);
    return () => {
      removeEventListener('online', update);
      removeEventListener('offline', update);
    };
  }, []);
  return online;
}

const patienceMs = 6_000;

/** A lost socket is only worth a word when it does not come back at once. */
function useLong(active: boolean): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!active) {
      setLong(false);
      return;
    }
    const timer = setTimeout(() => setLong(true), patienceMs);
    return () => clearTimeout(timer);
  }, [active]);
  return long;
}

export function StatusBars() {
  const texts = useText(appTexts);
  const online = useOnline();
  const live = useStore(liveState);
  const cut = useLong(online && live === 'waiting');
  const renewed = useStore(newBuild);
  return (
    <div role="status" class="status-bars">
      {!online && (
        <div class="status-bar tone-accent">
          <Icon d={wifiOffIcon} small />
          {texts.offline}
        </div>
      )}
      {cut && (
        <div class="status-bar tone-accent">
          <Icon d={wifiOffIcon} small />
          {texts.reconnecting}
        </div>
      )}
      {renewed && (
        <div class="status-bar tone-info">
          {texts.newVersion}
          <Button small onClick={() => location.reload()}>
            {texts.reload}
          </Button>
        </div>
      )}
    </div>
  );
}
