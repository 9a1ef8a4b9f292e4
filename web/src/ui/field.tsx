import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { cx } from './cx';
import { kitTexts } from './i18n';
import { Icon } from './icon';
import { searchIcon, triangleAlertIcon } from './icons';

interface Frame {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  optional?: boolean;
}

interface Wiring {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': 'true' | undefined;
}

function FieldFrame({
  label,
  hint,
  error,
  optional,
  children,
}: Frame & { children: (wiring: Wiring) => ComponentChildren }) {
  const id = useId();
  const texts = useText(kitTexts);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class={cx('field', error && 'field-wrong')}>
      <label class="field-label" for={id}>
        {label} {optional && <span class="field-optional">({texts.optional})</span>}
      </label>
      {hint && (
        <div class="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? 'true' : undefined,
      })}
      {error && (
        <div class="field-error" id={`${id}-error`}>
          <Icon d={triangleAlertIcon} small />
          <span>{error}</span>
        </div>
      )}
    </div>
  );
}

interface Controlled {
  value: string;
  onValue: (value: string) => void;
  name?: string;
  required?: boolean;
  readOnly?: boolean;
  disabled?: boolean;
  maxLength?: number;
  placeholder?: string;
  autocomplete?: string;
  spellcheck?: boolean;
}

type InputType = 'text' | 'email' | 'tel' | 'date';

export function TextField({
  label,
  hint,
  error,
  optional,
  onValue,
  ...rest
}: Frame & Controlled & { type?: InputType }) {
  return (
    <FieldFrame label={label} hint={hint} error={error} {...(optional && { optional })}>
      {(wiring) => (
        <input
          {...(rest as JSX.IntrinsicElements['input'])}
          {...wiring}
          class="input"
          onInput={(e) => onValue(e.currentTarget.value)}
        />
      )}
    </FieldFrame>
  );
}

export function TextArea({ label, hint, error, optional, onValue, ...rest }: Frame & Controlled) {
  return (
    <FieldFrame label={label} hint={hint} error={error} {...(optional && { optional })}>
      {(wiring) => (
        <textarea {...rest} {...wiring} class="input" onInput={(e) => onValue(e.currentTarget.value)} />
      )}
    </FieldFrame>
  );
}

export interface Option<T extends string = string> {
  value: T;
  label: string;
}

/** The system's own list: it works with every assistive tool and every phone. */
export function Select<T extends string>({
  label,
  hint,
  error,
  options,
  value,
  onValue,
  disabled,
}: Frame & { options: Option<T>[]; value: T; onValue: (value: T) => void; disabled?: boolean }) {
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(wiring) => (
        <SelectControl {...wiring} options={options} value={value} onValue={onValue} disabled={disabled} />
      )}
    </FieldFrame>
  );
}

/** A bare list for table cells and filter bars, named by `label` without showing it. */
export function InlineSelect<T extends string>(props: {
  label: string;
  options: Option<T>[];
  value: T;
  onValue: (value: T) => void;
  disabled?: boolean;
}) {
  const { label, ...rest } = props;
  return <SelectControl {...rest} aria-label={label} small />;
}

function SelectControl<T extends string>({
  options,
  value,
  onValue,
  small,
  ...rest
}: Partial<Wiring> & {
  options: Option<T>[];
  value: T;
  onValue: (value: T) => void;
  small?: boolean;
  disabled?: boolean | undefined;
  'aria-label'?: string;
}) {
  return (
    <select
      {...rest}
      class={cx('input', small && 'input-s')}
      value={value}
      onInput={(event) => onValue(event.currentTarget.value as T)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value} selected={option.value === value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

export function PasswordField({ label, hint, error, onValue, ...rest }: Frame & Controlled) {
  const [shown, setShown] = useState(false);
  const texts = useText(kitTexts);
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(wiring) => (
        <>
          <input
            {...({ ...rest, type: shown ? 'text' : 'password' } as JSX.IntrinsicElements['input'])}
            {...wiring}
            class="input"
            onInput={(event) => onValue(event.currentTarget.value)}
          />
          <label class="check small">
            <input type="checkbox" checked={shown} onInput={() => setShown(!shown)} />
            <span>{texts.showPassword}</span>
          </label>
        </>
      )}
    </FieldFrame>
  );
}

export function SearchField({
  label,
  value,
  onValue,
}: {
  label: string;
  value: string;
  onValue: (value: string) => void;
}) {
  return (
    <div class="search-field">
      <Icon d={searchIcon} />
      <input
        type="search"
        class="input"
        aria-label={label}
        placeholder={label}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </div>
  );
}
