import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { api } from '../../lib/api/client';
import { networkKey, queryClient, useNetworkNow } from '../../lib/api/queries';
import type { NetworkNow } from '../../lib/api/schema';
import { useText } from '../../lib/i18n';
import { Switch } from '../../ui/choice';
import { Card } from '../../ui/display';
import { prefTexts } from './i18n';

/** For a signed language or lip reading: the person's own word, above every policy. */
export function ImagesSetting() {
  const texts = useText(prefTexts);
  const { data } = useNetworkNow();
  const [asked, setAsked] = useState(false);
  const save = useAction((exempt: boolean) => api.put<NetworkNow>('/me/network-exemption', { exempt }), {
    onDone: (now) => queryClient.setQueryData(networkKey, now),
  });
  if (!data) return null;
  return (
    <Card>
      <Switch
        label={texts.keepImages}
        hint={texts.keepImagesHint}
        checked={save.busy ? asked : data.exempt}
        onChecked={(exempt) => {
          setAsked(exempt);
          save.run(exempt);
        }}
      />
    </Card>
  );
}
