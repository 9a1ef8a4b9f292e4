import type { Editor } from '@tiptap/core';
import type { RefObject } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { nextIndex } from '../../../lib/a11y/roving';
import { api } from '../../../lib/api/client';
import { fetchPeople } from '../../../lib/api/queries';
import type { SearchResult } from '../../../lib/api/schema';
import { useSettled } from '../../../lib/debounce';
import { textNow, useText } from '../../../lib/i18n';
import { cx } from '../../../ui/cx';
import { Avatar } from '../../../ui/display';
import { Icon } from '../../../ui/icon';
import { fileTextIcon, imageIcon, messageSquareTextIcon } from '../../../ui/icons';
import { documentTexts } from '../i18n';
import { useDocuments } from '../queries';
import { toolTexts } from './i18n';
import { blockTools, matching } from './blocks';
import type { TriggerMatch } from './trigger';

interface Choice {
  id: string;
  name: string;
  detail?: string | undefined;
  icon?: string;
  choose: () => void;
}

export interface TriggerListProps {
  editor: Editor;
  space: string;
  match: TriggerMatch;
  /** Filled here: the editor passes its keys on. */
  keys: RefObject<(event: KeyboardEvent) => boolean>;
  onImage: () => void;
  onClose: () => void;
}

const most = 8;

function useBlocks({ editor, match, onImage }: TriggerListProps): Choice[] {
  const texts = useText(documentTexts);
  if (match.sign !== '/') return [];
  const cut = () => editor.chain().focus().deleteRange({ from: match.from, to: match.to }).run();
  const blocks = blockTools.map((tool) => ({
    id: String(tool.name),
    name: texts.tools[tool.name],
    detail: tool.keys,
    icon: tool.icon,
    choose: () => {
      cut();
      tool.run(editor);
    },
  }));
  const image = {
    id: 'image',
    name: texts.tools.image,
    detail: undefined,
    icon: imageIcon,
    choose: () => {
      cut();
      onImage();
    },
  };
  return matching([...blocks, image], match.query, (item) => item.name);
}

/** Pages of other spaces and messages, as the search of the house finds them. */
function useElsewhere(query: string): SearchResult[] {
  const [results, setResults] = useState<SearchResult[]>([]);
  useEffect(() => {
    const q = query.trim();
    setResults([]);
    if (q.length < 3) return;
    const stop = new AbortController();
    api.get<{ results: SearchResult[] }>('/search', { query: { q }, signal: stop.signal }).then(
      (found) => setResults(found.results.filter((one) => one.kind === 'document' || one.kind === 'message')),
      () => undefined,
    );
    return () => stop.abort();
  }, [query]);
  return results;
}

function useThings({ editor, match, space }: TriggerListProps): Choice[] {
  const [people, setPeople] = useState<Choice[]>([]);
  const query = useSettled(match.query, 150);
  const { data: documents } = useDocuments(space);
  const latest = useRef(match);
  latest.current = match;
  const insert = (kind: string, id: string, label: string) => {
    const { from, to } = latest.current;
    editor
      .chain()
      .focus()
      .insertContentAt({ from, to }, [
        { type: 'mention', attrs: { kind, id, label } },
        { type: 'text', text: ' ' },
      ])
      .run();
  };
  const insertLink = (text: string, href: string) => {
    const { from, to } = latest.current;
    editor
      .chain()
      .focus()
      .insertContentAt({ from, to }, [
        { type: 'text', text, marks: [{ type: 'link', attrs: { href } }] },
        { type: 'text', text: ' ' },
      ])
      .run();
  };
  useEffect(() => {
    if (match.sign !== '@' || query.trim().length < 2) {
      setPeople([]);
      return;
    }
    const stop = new AbortController();
    fetchPeople(query.trim(), stop.signal).then(
      (found) =>
        setPeople(
          found.people.slice(0, most).map((person) => ({
            id: person.id,
            name: person.name,
            detail: person.administration,
            choose: () => insert('person', person.id, person.name),
          })),
        ),
      () => undefined,
    );
    return () => stop.abort();
    // The cursor's place is read when a choice is made.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [query, match.sign]);
  const elsewhere = useElsewhere(match.sign === '#' ? query : '');
  if (match.sign === '@') return people;
  if (match.sign !== '#') return [];
  const here = matching(documents ?? [], match.query, (page) => page.title).map((page) => ({
    id: page.id,
    name: page.title,
    icon: fileTextIcon,
    choose: () => insert('document', page.id, page.title),
  }));
  const known = new Set(here.map((page) => page.id));
  const found = elsewhere
    .filter((one) => !known.has(one.id))
    .map((one) => ({
      id: one.id,
      name: one.kind === 'message' ? (one.excerpt ?? one.title) : one.title,
      detail: one.kind === 'message' ? one.title : one.space?.name,
      icon: one.kind === 'message' ? messageSquareTextIcon : fileTextIcon,
      choose: () => {
        if (one.kind === 'document') insert('document', one.id, one.title);
        else insertLink(textNow(toolTexts).messageOf(one.title), one.link);
      },
    }));
  return [...here, ...found].slice(0, most);
}

/** Under the cursor, or above it when there is no room below. */
function placeAt(panel: HTMLElement, editor: Editor, match: TriggerMatch): void {
  const at = editor.view.coordsAtPos(match.from);
  const { width, height } = panel.getBoundingClientRect();
  const below = at.bottom + 6 + height <= innerHeight;
  panel.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  panel.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - height - 6)}px`;
}

export function TriggerList(props: TriggerListProps) {
  const { editor, match, keys, onClose } = props;
  const texts = useText(documentTexts);
  const id = useId();
  const panel = useRef<HTMLUListElement>(null);
  const [picked, setPicked] = useState(0);
  const blocks = useBlocks(props);
  const things = useThings(props);
  const choices = match.sign === '/' ? blocks : things;
  const current = choices.length === 0 ? -1 : Math.min(picked, choices.length - 1);
  keys.current = (event) => {
    if (event.key === 'Escape') {
      onClose();
      return true;
    }
    if (current < 0) return false;
    if (event.key === 'Enter' || event.key === 'Tab') {
      choices[current]?.choose();
      onClose();
      return true;
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return false;
    setPicked(nextIndex(event.key, current, choices.length) ?? current);
    return true;
  };
  useEffect(() => () => void (keys.current = () => false), [keys]);
  useEffect(() => {
    if (panel.current) placeAt(panel.current, editor, match);
    panel.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    const text = editor.view.dom;
    if (current < 0) text.removeAttribute('aria-activedescendant');
    else text.setAttribute('aria-activedescendant', `${id}-${current}`);
    return () => text.removeAttribute('aria-activedescendant');
  });
  if (choices.length === 0 && (match.sign === '/' || match.query.trim().length < 2)) return null;
  const label = { '/': texts.blocks, '@': texts.people, '#': texts.pages }[match.sign];
  return (
    <ul ref={panel} class="doc-trigger" role="listbox" aria-label={label}>
      {choices.length === 0 && <li class="muted small doc-trigger-none">{texts.nothing}</li>}
      {choices.map((choice, index) => (
        // The text keeps the focus and the keys.
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events
        <li
          key={choice.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === current}
          class={cx('doc-choice', index === current && 'doc-choice-on')}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => {
            choice.choose();
            onClose();
          }}
        >
          {choice.icon ? <Icon d={choice.icon} /> : <Avatar name={choice.name} size="s" />}
          <span class="grow">{choice.name}</span>
          {choice.detail && <span class="small muted">{choice.detail}</span>}
        </li>
      ))}
    </ul>
  );
}
