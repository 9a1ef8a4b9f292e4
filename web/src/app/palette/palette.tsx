import { useQuery } from '../../lib/query';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { useLocation } from 'wouter';
import { announce } from '../../lib/a11y/announce';
import { nextIndex } from '../../lib/a11y/roving';
import { api } from '../../lib/api/client';
import { useMySpaces } from '../../lib/api/queries';
import type { SearchResult } from '../../lib/api/schema';
import { useSettled } from '../../lib/debounce';
import { useText } from '../../lib/i18n';
import { IconTile, Kbd, SpaceTile } from '../../ui/display';
import { Icon } from '../../ui/icon';
import { searchIcon } from '../../ui/icons';
import { appTexts } from '../i18n';
import { actionEntries, pageEntries, resultGroups, spaceEntry, type Entry, type Group } from './entries';
import type { PaletteProps } from './lazy';
import { parseQuery, rank, ranked } from './rank';

const settleMs = 150;
const shortestQuery = 2;

function useServerResults(text: string, kind: SearchResult['kind'] | undefined) {
  const settled = useSettled(text, settleMs);
  return useQuery({
    queryKey: ['search', settled, kind],
    queryFn: ({ signal }) =>
      api.get<{ results: SearchResult[] }>('/search', { query: { q: settled, kind }, signal }),
    enabled: settled.length >= shortestQuery,
    keepPrevious: true,
  });
}

/** The group whose first entry starts like the query comes first; ties keep the usual order. */
function byBestMatch(groups: Group[], text: string): Group[] {
  const worst = 3;
  const best = (group: Group) => rank(group.entries[0]?.title ?? '', text) ?? worst;
  return [...groups].sort((a, b) => best(a) - best(b));
}

function useGroups(me: PaletteProps['me'], input: string): Group[] {
  const texts = useText(appTexts);
  const { scope, text } = parseQuery(input);
  const { data: mine } = useMySpaces();
  const kind = scope === 'people' ? 'person' : scope === 'rooms' ? 'message' : undefined;
  const { data: found } = useServerResults(scope === 'actions' ? '' : text, kind);
  return useMemo(() => {
    const name = (entry: Entry) => entry.title;
    const actions = ranked(actionEntries(me, texts), text, name);
    const pages = ranked(pageEntries(me, texts), text, name);
    const spaces = ranked(
      (mine?.spaces ?? []).map((space) => spaceEntry(space, texts)),
      text,
      name,
    );
    const known = new Set(spaces.map((entry) => entry.id));
    const server =
      text.length >= shortestQuery && scope !== 'actions'
        ? resultGroups(found?.results ?? [], known, texts)
        : [];
    const local: Group[] =
      scope === 'actions'
        ? [{ title: texts.actions, entries: actions }]
        : scope === 'all'
          ? [
              { title: texts.pages, entries: pages.slice(0, text === '' ? 4 : 3) },
              { title: texts.mySpaces, entries: spaces.slice(0, 4) },
            ]
          : [];
    const after: Group[] = scope === 'all' ? [{ title: texts.actions, entries: actions.slice(0, 3) }] : [];
    const groups = [...local, ...server, ...after].filter((group) => group.entries.length > 0);
    return text === '' ? groups : byBestMatch(groups, text);
  }, [me, texts, text, scope, mine, found]);
}

function Option({
  entry,
  id,
  selected,
  onChoose,
}: {
  entry: Entry;
  id: string;
  selected: boolean;
  onChoose: () => void;
}) {
  const texts = useText(appTexts);
  return (
    // The keyboard path is on the search box, which keeps the focus (combobox pattern).
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <li
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      class="palette-option"
      onClick={onChoose}
    >
      {entry.space ? (
        <SpaceTile id={entry.space.id} name={entry.space.name} />
      ) : (
        <IconTile icon={entry.icon ?? searchIcon} tone={selected ? 'primary' : 'neutral'} />
      )}
      <span class="grow">
        <span class="palette-title ellipsis">{entry.title}</span>
        {entry.detail && <span class="small muted ellipsis palette-detail">{entry.detail}</span>}
      </span>
      <span aria-hidden="true" class="row">
        {selected ? (
          <Kbd>{texts.openIt}</Kbd>
        ) : (
          entry.keys && (
            <Kbd>
              {entry.keys[0]} {texts.then} {entry.keys[1]}
            </Kbd>
          )
        )}
      </span>
    </li>
  );
}

export function Palette({ me, onClose }: PaletteProps) {
  const texts = useText(appTexts);
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [, go] = useLocation();
  const [input, setInput] = useState('');
  const [selected, setSelected] = useState(0);
  const groups = useGroups(me, input);
  const flat = groups.flatMap((group) => group.entries);
  const current = Math.min(selected, flat.length - 1);

  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  useEffect(() => setSelected(0), [input]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const settled = useSettled(`${input}:${flat.length}`, 600);
  useEffect(() => {
    if (input !== '') announce(texts.results(flat.length));
    // Spoken once typing has stopped, not at each letter.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);

  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run?.();
    if (entry.href) go(entry.href);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      choose(flat[current]);
      return;
    }
    if (event.key === 'Home' || event.key === 'End') return;
    const next = nextIndex(event.key, current, flat.length);
    if (next === undefined) return;
    event.preventDefault();
    setSelected(next);
  };

  let position = -1;
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={dialog}
      class="dialog palette"
      aria-label={texts.search}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="palette-input">
        <Icon d={searchIcon} />
        <input
          type="text"
          role="combobox"
          aria-label={texts.search}
          aria-expanded={flat.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={flat.length > 0 ? `${id}-${current}` : undefined}
          placeholder={texts.search}
          autocomplete="off"
          autoFocus
          value={input}
          onInput={(event) => setInput(event.currentTarget.value)}
          onKeyDown={press}
        />
        <span aria-hidden="true" class="wide-only">
          <Kbd>{texts.escape}</Kbd>
        </span>
      </div>
      <div class="palette-list" ref={list} id={`${id}-list`} role="listbox" aria-label={texts.search}>
        {groups.map((group, groupIndex) => (
          <ul key={group.title} role="group" aria-labelledby={`${id}-group-${groupIndex}`}>
            <li role="presentation" class="palette-group" id={`${id}-group-${groupIndex}`}>
              {group.title}
            </li>
            {group.entries.map((entry) => {
              position += 1;
              return (
                <Option
                  key={entry.id}
                  entry={entry}
                  id={`${id}-${position}`}
                  selected={position === current}
                  onChoose={() => choose(entry)}
                />
              );
            })}
          </ul>
        ))}
      </div>
      {flat.length === 0 && <p class="palette-none muted">{texts.noResult(input)}</p>}
      <div class="palette-foot wide-only" aria-hidden="true">
        <span>
          <Kbd>↑</Kbd> <Kbd>↓</Kbd> {texts.browse}
        </span>
        <span>
          <Kbd>&gt;</Kbd> {texts.onlyActions}
        </span>
        <span>
          <Kbd>@</Kbd> {texts.onlyPeople}
        </span>
        <span>
          <Kbd>#</Kbd> {texts.onlyRooms}
        </span>
      </div>
    </dialog>
  );
}
