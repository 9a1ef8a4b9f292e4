import { useState } from 'preact/hooks';
import { Button } from '../../ui/button';
import { ConfirmDialog } from '../../ui/confirm';
import { IconTile, List, ListRow, Section, Tag } from '../../ui/display';
import { Banner, EmptyState, Skeleton } from '../../ui/feedback';
import { keyRoundIcon, plusIcon } from '../../ui/icons';
import { useAction } from '../action';
import { api, sentenceOf } from '../api/client';
import { queryClient } from '../api/queries';
import type { MadeMeetingKey, MeetingKey } from '../api/schema';
import { ago, day } from '../format';
import { useText } from '../i18n';
import { useQuery } from '../query';
import { KeyFormDialog, KeyMadeDialog } from './key-dialogs';
import { keyTexts } from './key-texts';

/** What became of the last call of the webhook, in words. */
export function deliveryText(texts: (typeof keyTexts)['fr'], key: MeetingKey): string {
  if (key.webhook_url === '') return '';
  if (!key.delivery) return texts.notCalled;
  const { at, status, failure } = key.delivery;
  if (failure === '') return texts.delivered(ago(at));
  if (failure === 'address_not_allowed') return texts.forbidden(ago(at));
  return status > 0 ? texts.refused(status, ago(at)) : texts.unreachable(ago(at));
}

function KeyRow({ item, onEdit, onRevoke }: { item: MeetingKey; onEdit: () => void; onRevoke: () => void }) {
  const texts = useText(keyTexts);
  const delivery = deliveryText(texts, item);
  return (
    <ListRow
      leading={
        <IconTile icon={keyRoundIcon} tone={item.effective && !item.expired ? 'primary' : 'neutral'} />
      }
      title={
        <>
          {item.name} {item.expired && <Tag tone="danger">{texts.expired}</Tag>}
          {!item.expired && !item.effective && <Tag tone="danger">{texts.idle}</Tag>}
        </>
      }
      detail={
        <>
          <div>
            {texts.madeBy(item.created_by, day(item.created_at))}
            {item.expires_at !== undefined && ` · ${texts.until(day(item.expires_at))}`}
          </div>
          {!item.effective && <div>{texts.idleDetail}</div>}
          <div class="mono">{item.id}</div>
          {item.webhook_url !== '' && <div class="mono">{item.webhook_url}</div>}
          {delivery && <div>{delivery}</div>}
        </>
      }
      actions={
        <>
          <Button small aria-label={texts.editOf(item.name)} onClick={onEdit}>
            {texts.edit}
          </Button>
          <Button small variant="danger" aria-label={texts.revokeOf(item.name)} onClick={onRevoke}>
            {texts.revoke}
          </Button>
        </>
      }
    />
  );
}

function RevokeDialog({
  item,
  onDone,
  onClose,
}: {
  item: MeetingKey;
  onDone: () => void;
  onClose: () => void;
}) {
  const texts = useText(keyTexts);
  const revoke = useAction(() => api.delete(`/meeting-keys/${item.id}`), {
    done: texts.revoked,
    quiet: true,
    onDone,
  });
  return (
    <ConfirmDialog
      title={texts.revokeTitle(item.name)}
      confirm={texts.revoke}
      danger
      busy={revoke.busy}
      error={revoke.problem}
      onConfirm={() => revoke.run(undefined)}
      onClose={onClose}
    >
      <p>{texts.revokeDetail}</p>
    </ConfirmDialog>
  );
}

type Open =
  | { what: 'form'; item?: MeetingKey }
  | { what: 'revoke'; item: MeetingKey }
  | { what: 'made'; made: MadeMeetingKey };

/** The keys for automation of a space's meetings, or of the whole house's. */
export function MeetingKeys({ path, wholeHouse = false }: { path: string; wholeHouse?: boolean }) {
  const texts = useText(keyTexts);
  const [open, setOpen] = useState<Open>();
  const listKey = ['meeting-keys', path];
  const { data, error } = useQuery({
    queryKey: listKey,
    queryFn: () => api.get<{ keys: MeetingKey[] }>(path),
  });
  const close = () => setOpen(undefined);
  const changed = (made?: MadeMeetingKey) => {
    setOpen(made && { what: 'made', made });
    void queryClient.invalidateQueries({ queryKey: listKey });
  };
  return (
    <Section title={texts.title}>
      <div class="stack">
        <div class="row row-wrap">
          <p class="muted grow lead-beside">
            {wholeHouse ? texts.leadHouse : texts.lead} {texts.how}
          </p>
          <Button icon={plusIcon} aria-haspopup="dialog" onClick={() => setOpen({ what: 'form' })}>
            {texts.make}
          </Button>
        </div>
        {error && <Banner tone="danger">{sentenceOf(error)}</Banner>}
        {!data && !error && <Skeleton lines={2} />}
        {data?.keys.length === 0 && <EmptyState>{texts.none}</EmptyState>}
        {data && data.keys.length > 0 && (
          <List label={texts.list}>
            {data.keys.map((item) => (
              <KeyRow
                key={item.id}
                item={item}
                onEdit={() => setOpen({ what: 'form', item })}
                onRevoke={() => setOpen({ what: 'revoke', item })}
              />
            ))}
          </List>
        )}
      </div>
      {open?.what === 'form' && (
        <KeyFormDialog
          path={path}
          {...(open.item && { edited: open.item })}
          onDone={changed}
          onClose={close}
        />
      )}
      {open?.what === 'made' && <KeyMadeDialog made={open.made} onClose={close} />}
      {open?.what === 'revoke' && <RevokeDialog item={open.item} onDone={() => changed()} onClose={close} />}
    </Section>
  );
}
