import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { fetchPeople } from '../../../lib/api/queries';
import { useSettled } from '../../../lib/debounce';
import { useText } from '../../../lib/i18n';
import { Avatar } from '../../../ui/display';
import { commentTexts } from './i18n';
import { type Named, typedName, withMentions } from './mentions';

interface Props {
  label: string;
  value: string;
  /** As typed, and as it is sent. */
  onValue: (typed: string, sent: string) => void;
  autoFocus?: boolean;
  onSubmit: () => void;
}

const most = 6;

/** A text in which people can be named. The names found are buttons under it: reached by Tab, by touch, by mouse. */
export function MentionArea({ label, value, onValue, autoFocus, onSubmit }: Props) {
  const texts = useText(commentTexts);
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const chosen = useRef<Named[]>([]);
  const [name, setName] = useState<string>();
  const [people, setPeople] = useState<Named[]>([]);
  const query = useSettled(name, 150);
  useEffect(() => {
    if (autoFocus) area.current?.focus();
  }, [autoFocus]);
  useEffect(() => {
    if (query === undefined) {
      setPeople([]);
      return;
    }
    const stop = new AbortController();
    fetchPeople(query, stop.signal).then(
      (found) => setPeople(found.people.slice(0, most)),
      () => undefined,
    );
    return () => stop.abort();
  }, [query]);
  const typed = (text: string) => {
    onValue(text, withMentions(text, chosen.current));
    setName(typedName(text.slice(0, area.current?.selectionStart ?? text.length)));
  };
  const choose = (person: Named) => {
    const at = area.current?.selectionStart ?? value.length;
    const before = value.slice(0, at).replace(/@[^@]*$/, `@${person.name} `);
    chosen.current = [...chosen.current.filter((one) => one.id !== person.id), person];
    setName(undefined);
    typed(before + value.slice(at));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(before.length, before.length);
    });
  };
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <textarea
        ref={area}
        id={id}
        class="input doc-comment-area"
        rows={3}
        maxLength={4000}
        aria-describedby={`${id}-hint`}
        value={value}
        onInput={(event) => typed(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onSubmit();
        }}
      />
      {name !== undefined && people.length > 0 && (
        <ul class="doc-comment-people" aria-label={texts.people}>
          {people.map((person) => (
            <li key={person.id}>
              <button type="button" class="doc-comment-person" onClick={() => choose(person)}>
                <Avatar name={person.name} size="s" />
                {person.name}
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="field-hint" id={`${id}-hint`}>
        {texts.mentionHint}
      </div>
    </div>
  );
}
