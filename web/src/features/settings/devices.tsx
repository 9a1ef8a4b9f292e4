import { useQuery } from '../../lib/query';
import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { api, sentenceOf } from '../../lib/api/client';
import { queryClient } from '../../lib/api/queries';
import type { Device } from '../../lib/api/schema';
import { ago, day } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { ConfirmDialog } from '../../ui/confirm';
import { IconTile, List, ListRow, Section, Tag } from '../../ui/display';
import { Banner, Skeleton } from '../../ui/feedback';
import { messagesSquareIcon, monitorIcon, smartphoneIcon } from '../../ui/icons';
import { prefTexts } from './i18n';

const devicesKey = ['devices'];
const refresh = () => queryClient.invalidateQueries({ queryKey: devicesKey });
const icons: Record<Device['kind'], string> = {
  web: monitorIcon,
  matrix: messagesSquareIcon,
  application: smartphoneIcon,
};

function Row({ device }: { device: Device }) {
  const texts = useText(prefTexts);
  const revoke = useAction(() => api.delete(`/devices/${device.id}`), {
    done: texts.revoked(device.name),
    onDone: refresh,
  });
  return (
    <ListRow
      leading={<IconTile icon={icons[device.kind]} tone={device.current ? 'primary' : 'neutral'} />}
      title={
        <>
          {device.name} {device.current && <Tag tone="ok">{texts.thisDevice}</Tag>}
        </>
      }
      detail={[
        texts.kinds[device.kind],
        device.network,
        texts.lastSeen(ago(device.last_seen_at)),
        texts.signedIn(day(device.created_at)),
      ]
        .filter(Boolean)
        .join(' · ')}
      actions={
        !device.current && (
          <Button
            small
            busy={revoke.busy}
            aria-label={texts.revokeOf(device.name)}
            onClick={() => revoke.run(undefined)}
          >
            {texts.revoke}
          </Button>
        )
      }
    />
  );
}

export function DevicesSection() {
  const texts = useText(prefTexts);
  const [asking, setAsking] = useState(false);
  const { data, error } = useQuery({
    queryKey: devicesKey,
    queryFn: () => api.get<{ devices: Device[] }>('/devices'),
  });
  const revokeAll = useAction(() => api.delete('/devices'), {
    done: texts.revokedAll,
    onDone: async () => {
      setAsking(false);
      await refresh();
    },
  });
  const devices = [...(data?.devices ?? [])].sort(
    (a, b) => Number(b.current) - Number(a.current) || b.last_seen_at - a.last_seen_at,
  );
  return (
    <Section
      title={texts.devices}
      action={
        devices.length > 1 && (
          <Button small variant="danger" onClick={() => setAsking(true)}>
            {texts.revokeAll}
          </Button>
        )
      }
    >
      <div class="stack">
        <p class="muted">{texts.devicesLead}</p>
        {error && <Banner tone="danger">{sentenceOf(error)}</Banner>}
        {!data && !error && <Skeleton lines={2} />}
        {devices.length > 0 && (
          <List label={texts.devices}>
            {devices.map((device) => (
              <Row key={device.id} device={device} />
            ))}
          </List>
        )}
      </div>
      {asking && (
        <ConfirmDialog
          title={texts.revokeAllTitle}
          confirm={texts.revokeAll}
          danger
          busy={revokeAll.busy}
          onConfirm={() => revokeAll.run(undefined)}
          onClose={() => setAsking(false)}
        >
          <p>{texts.revokeAllDetail}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
