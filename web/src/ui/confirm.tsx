import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { Button } from './button';
import { Checkbox } from './choice';
import { Dialog } from './dialog';
import { Banner } from './feedback';
import { kitTexts } from './i18n';

interface ConfirmProps {
  title: string;
  children: ComponentChildren;
  confirm: string;
  danger?: boolean;
  /** A sentence to tick before an act that cannot be undone. */
  acknowledge?: string;
  busy?: boolean;
  error?: string | undefined;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDialog(props: ConfirmProps) {
  const { title, children, confirm, danger, acknowledge, busy, error, onConfirm, onClose } = props;
  const [read, setRead] = useState(false);
  const texts = useText(kitTexts);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button
            variant={danger ? 'danger' : 'primary'}
            busy={busy ?? false}
            disabled={acknowledge !== undefined && !read}
            onClick={onConfirm}
          >
            {confirm}
          </Button>
        </>
      }
    >
      {children}
      {acknowledge !== undefined && <Checkbox label={acknowledge} checked={read} onChecked={setRead} />}
      {error && <Banner tone="danger">{error}</Banner>}
    </Dialog>
  );
}
