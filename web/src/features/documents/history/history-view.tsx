import './history.css';
import { useRef, useState } from 'preact/hooks';
import { sentenceOf } from '../../../lib/api/client';
import type { DocumentHistoryEntry, DocumentMeta, DocumentVersion } from '../../../lib/api/schema';
import { ago, clock, dateTime } from '../../../lib/format';
import { useText } from '../../../lib/i18n';
import { Button } from '../../../ui/button';
import { cx } from '../../../ui/cx';
import { Avatar, Tag } from '../../../ui/display';
import { Banner } from '../../../ui/feedback';
import { Select } from '../../../ui/field';
import { lockIcon, plusIcon } from '../../../ui/icons';
import { PageMenu } from '../parts/page-menu';
import { Comparison } from './comparison';
import { historyTexts } from './i18n';
import { nothing, now, useActivity, useVersions } from './queries';
import { NameDialog, RestoreDialog } from './version-dialogs';

interface RowProps {
  document: string;
  version: DocumentVersion;
  current: boolean;
  writes: boolean;
  onCompare: () => void;
  onRestore: () => void;
}

function VersionRow({ document, version, current, writes, onCompare, onRestore }: RowProps) {
  const texts = useText(historyTexts);
  return (
    <li class={cx('doc-version', current && 'doc-version-on')}>
      <div class="doc-version-name">
        <span class="strong">{version.name}</span>
        {version.frozen && (
          <Tag tone="info" icon={lockIcon}>
            {texts.frozen}
          </Tag>
        )}
        <span class="grow" />
        <PageMenu document={document} version={{ id: version.id, label: texts.actions(version.name) }} />
      </div>
      <p class="small muted" title={dateTime(version.at)}>
        {texts.by(version.author.name, ago(version.at))}
      </p>
      <div class="doc-version-acts" role="group" aria-label={version.name}>
        <Button small variant="ghost" aria-pressed={current} onClick={onCompare}>
          {texts.compareNow}
        </Button>
        {writes && (
          <Button small variant="ghost" onClick={onRestore}>
            {texts.restore}
          </Button>
        )}
      </div>
    </li>
  );
}

function Activity({ entries }: { entries: DocumentHistoryEntry[] }) {
  const texts = useText(historyTexts);
  return (
    <ul class="doc-activity" aria-label={texts.activity}>
      {entries.map((entry) => (
        <li key={`${entry.from}-${entry.person?.id ?? ''}`}>
          <Avatar name={entry.person?.name ?? '?'} size="s" />
          <span class="grow">
            <span class="strong">{entry.person?.name}</span>
            <span class="small muted">
              {texts.wrote(
                dateTime(entry.from),
                entry.to - entry.from < 60_000 ? dateTime(entry.from) : clock(entry.to),
              )}
              {', '}
              {texts.updates(entry.updates)}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Those who wrote after one moment and before another, each once. */
function writersBetween(entries: readonly DocumentHistoryEntry[], from: number, to: number): string[] {
  const names = entries
    .filter((entry) => entry.to > from && entry.from <= to)
    .map((entry) => entry.person?.name ?? '');
  return [...new Set(names.filter((name) => name !== ''))];
}

export function HistoryView({ meta }: { meta: DocumentMeta }) {
  const texts = useText(historyTexts);
  const { data: versions, error } = useVersions(meta.id, meta.space);
  const activity = useActivity(meta.id);
  const entries = activity.data?.pages.flatMap((page) => page.entries) ?? [];
  const [chosen, setChosen] = useState<{ from?: string; to?: string }>({});
  const [turn, setTurn] = useState(0);
  const main = useRef<HTMLDivElement>(null);
  const [naming, setNaming] = useState(false);
  const [restoring, setRestoring] = useState<DocumentVersion>();
  if (error) return <Banner tone="danger">{sentenceOf(error)}</Banner>;
  if (!versions) return null;
  const from = chosen.from ?? versions[0]?.id ?? nothing;
  const to = chosen.to ?? now;
  const nameOf = (id: string) =>
    id === now
      ? texts.now
      : id === nothing
        ? texts.start
        : (versions.find((one) => one.id === id)?.name ?? '');
  const timeOf = (id: string) =>
    id === now ? Infinity : id === nothing ? 0 : (versions.find((one) => one.id === id)?.at ?? 0);
  const options = [
    { value: now, label: texts.now },
    ...versions.map((one) => ({ value: one.id, label: `${one.name} (${dateTime(one.at)})` })),
    { value: nothing, label: texts.start },
  ];
  const done = () => {
    setNaming(false);
    setRestoring(undefined);
    setTurn(turn + 1);
  };
  return (
    <div class="doc-history">
      <div ref={main} class="doc-history-main">
        <div class="doc-history-pick">
          <Select
            label={texts.from}
            options={options}
            value={from}
            onValue={(id) => setChosen({ from: id, to })}
          />
          <Select
            label={texts.to}
            options={options}
            value={to}
            onValue={(id) => setChosen({ from, to: id })}
          />
        </div>
        <Comparison
          document={meta.id}
          from={from}
          to={to}
          turn={turn}
          names={{ from: nameOf(from), to: nameOf(to) }}
          writers={writersBetween(entries, timeOf(from), timeOf(to))}
        />
      </div>
      <aside class="doc-history-side" aria-label={texts.title}>
        {meta.rights.write && (
          <Button icon={plusIcon} onClick={() => setNaming(true)}>
            {texts.name}
          </Button>
        )}
        <h2>{texts.versions}</h2>
        {versions.length === 0 && <p class="small muted">{texts.noVersion}</p>}
        <ul class="doc-versions" aria-label={texts.versions}>
          {versions.map((version) => (
            <VersionRow
              key={version.id}
              document={meta.id}
              version={version}
              current={version.id === from && to === now}
              writes={meta.rights.write}
              onCompare={() => {
                setChosen({ from: version.id, to: now });
                main.current?.scrollIntoView({ block: 'nearest' });
              }}
              onRestore={() => setRestoring(version)}
            />
          ))}
        </ul>
        <h2>{texts.activity}</h2>
        {activity.data && entries.length === 0 && <p class="small muted">{texts.noActivity}</p>}
        <Activity entries={entries} />
        {activity.hasNextPage && (
          <Button small busy={activity.isFetchingNextPage} onClick={() => void activity.fetchNextPage()}>
            {texts.more}
          </Button>
        )}
      </aside>
      {naming && <NameDialog meta={meta} onClose={done} />}
      {restoring && (
        <RestoreDialog
          meta={meta}
          version={restoring}
          onDone={() => {
            setChosen({});
            done();
          }}
          onClose={() => setRestoring(undefined)}
        />
      )}
    </div>
  );
}
