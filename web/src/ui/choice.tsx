import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Option } from './field';

interface CheckProps {
  label: string;
  hint?: string;
  checked: boolean;
  onChecked: (checked: boolean) => void;
  disabled?: boolean;
}

export function Checkbox({ label, hint, checked, onChecked, disabled }: CheckProps) {
  const id = useId();
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? id : undefined}
        onInput={(event) => onChecked(event.currentTarget.checked)}
      />
      <span class="check-text">
        <span>{label}</span>
        {hint && (
          <span class="field-hint" id={id}>
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}

/** On or off, at once: nothing to save afterwards. */
export function Switch({ label, hint, checked, onChecked, disabled }: CheckProps) {
  const id = useId();
  return (
    <div class="check switch">
      <span class="check-text">
        <label for={id}>{label}</label>
        {hint && (
          <span class="field-hint" id={`${id}-hint`}>
            {hint}
          </span>
        )}
      </span>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={checked}
        aria-checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={(event) => onChecked(event.currentTarget.checked)}
      />
    </div>
  );
}

export interface CardOption<T extends string> extends Option<T> {
  detail: ComponentChildren;
  disabled?: boolean;
}

/** A choice where each option needs a sentence to be understood. */
export function RadioCards<T extends string>({
  legend,
  options,
  value,
  onValue,
}: {
  legend: string;
  options: CardOption<T>[];
  value: T;
  onValue: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset>
      <legend class="radio-cards-legend">{legend}</legend>
      <div class="radio-cards">
        {options.map((option) => (
          <label class="radio-card" key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled}
              aria-labelledby={`${name}-${option.value}`}
              aria-describedby={`${name}-${option.value}-detail`}
              onInput={() => onValue(option.value)}
            />
            <span class="strong" id={`${name}-${option.value}`}>
              {option.label}
            </span>
            <span class="radio-card-detail" id={`${name}-${option.value}-detail`}>
              {option.detail}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A short choice between views of the same thing. */
export function SegmentedControl<T extends string>({
  legend,
  options,
  value,
  onValue,
}: {
  legend: string;
  options: Option<T>[];
  value: T;
  onValue: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset>
      <legend class="unseen">{legend}</legend>
      <div class="segmented">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onInput={() => onValue(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
