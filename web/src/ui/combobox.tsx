import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { nextIndex } from '../lib/a11y/roving';
import { useText } from '../lib/i18n';
import { kitTexts } from './i18n';

interface ComboboxProps<T> {
  label: string;
  hint?: string;
  error?: string | undefined;
  query: string;
  onQuery: (query: string) => void;
  options: T[];
  optionKey: (option: T) => string;
  optionText: (option: T) => string;
  renderOption: (option: T) => ComponentChildren;
  chosen: T | undefined;
  onChoose: (option: T) => void;
}

/** A search box and the list it filters. The focus stays in the box; arrows move in the list, Enter chooses. */
export function Combobox<T>(props: ComboboxProps<T>) {
  const { label, hint, error, query, options, chosen, optionKey, optionText } = props;
  const texts = useText(kitTexts);
  const id = useId();
  const [active, setActive] = useState(-1);
  const current = Math.min(active, options.length - 1);
  const choose = (option: T | undefined) => {
    if (option === undefined) return;
    props.onQuery(optionText(option));
    props.onChoose(option);
    setActive(-1);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && current >= 0) {
      event.preventDefault();
      choose(options[current]);
      return;
    }
    if (event.key === 'Home' || event.key === 'End') return;
    const next = nextIndex(event.key, current, options.length);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
  };
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class={error ? 'field field-wrong' : 'field'}>
      <label class="field-label" for={id}>
        {label}
      </label>
      {hint && (
        <div class="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      <input
        id={id}
        class="input"
        type="text"
        role="combobox"
        autocomplete="off"
        aria-autocomplete="list"
        aria-expanded={options.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={current >= 0 ? `${id}-${current}` : undefined}
        aria-describedby={described || undefined}
        aria-invalid={error ? 'true' : undefined}
        value={query}
        onInput={(event) => {
          setActive(-1);
          props.onQuery(event.currentTarget.value);
        }}
        onKeyDown={press}
      />
      <ul class="listbox" id={`${id}-list`} role="listbox" aria-label={label}>
        {options.map((option, index) => (
          // The box above has the keyboard path.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={optionKey(option)}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={
              index === current ||
              (current < 0 && chosen !== undefined && optionKey(chosen) === optionKey(option))
            }
            class="listbox-option"
            onClick={() => choose(option)}
          >
            {props.renderOption(option)}
          </li>
        ))}
      </ul>
      {options.length === 0 && query !== '' && (
        <div class="field-hint" role="status">
          {texts.noResult}
        </div>
      )}
      {error && (
        <div class="field-error" id={`${id}-error`}>
          {error}
        </div>
      )}
    </div>
  );
}
