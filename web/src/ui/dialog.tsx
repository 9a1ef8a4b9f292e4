import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { IconButton } from './button';
import { cx } from './cx';
import { kitTexts } from './i18n';
import { xIcon } from './icons';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  footer?: ComponentChildren;
  wide?: boolean;
  drawer?: boolean;
  /** Set when the content is a form: Enter in a field then submits it. */
  onSubmit?: () => void;
}

/** Native modal: the browser keeps the focus inside, Escape closes, focus returns where it was. */
export function Dialog({ title, onClose, children, footer, wide, drawer, onSubmit }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const texts = useText(kitTexts);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    // One comes to fill something in: the first field, rather than the cross that closes.
    dialog?.querySelector<HTMLElement>('.dialog-body :is(input, textarea, select)')?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const inside = (
    <>
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <IconButton label={texts.close} icon={xIcon} onClick={onClose} />
      </div>
      <div class="dialog-body">{children}</div>
      {footer && <div class="dialog-foot">{footer}</div>}
    </>
  );
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={ref}
      class={cx('dialog', wide && 'dialog-wide', drawer && 'drawer')}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // The backdrop is the dialog element itself; Escape does the same from the keyboard.
      onClick={(event) => event.target === ref.current && onClose()}
    >
      {onSubmit ? (
        <form
          class="dialog-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          {inside}
        </form>
      ) : (
        inside
      )}
    </dialog>
  );
}
