import { useInfiniteQuery } from '../../lib/query';
import { useState } from 'preact/hooks';
import { api, sentenceOf } from '../../lib/api/client';
import type { AuditEntry } from '../../lib/api/schema';
import { useSettled } from '../../lib/debounce';
import { dateTime } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { Avatar } from '../../ui/display';
import { Banner, EmptyState, Skeleton } from '../../ui/feedback';
import { SearchField } from '../../ui/field';
import { Table } from '../../ui/table';
import { adminTexts } from './i18n';

export function AuditSection() {
  const texts = useText(adminTexts);
  const [input, setInput] = useState('');
  const kind = useSettled(input.trim(), 300);
  const pages = useInfiniteQuery({
    queryKey: ['admin', 'audit', kind],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ entries: AuditEntry[]; next?: string }>('/admin/audit', {
        query: { kind, after: pageParam },
        signal,
      }),
    keepPrevious: true,
  });
  const entries = (pages.data?.pages ?? []).flatMap((page) => page.entries);
  return (
    <>
      <div class="row row-wrap">
        <p class="muted grow lead-beside">{texts.auditLead}</p>
        <SearchField label={texts.kindFilter} value={input} onValue={setInput} />
      </div>
      {pages.error && <Banner tone="danger">{sentenceOf(pages.error)}</Banner>}
      {!pages.data && !pages.error && <Skeleton lines={4} />}
      {pages.data && entries.length === 0 && <EmptyState>{texts.noEntry}</EmptyState>}
      {entries.length > 0 && (
        <div class="card table-card">
          <Table
            caption={texts.audit}
            rows={entries}
            rowKey={(entry) => String(entry.position)}
            columns={[
              { key: 'when', title: texts.when, cell: (entry) => dateTime(entry.at) },
              {
                key: 'who',
                title: texts.who,
                cell: (entry) =>
                  entry.actor ? (
                    <span class="row">
                      <Avatar id={entry.actor.id} name={entry.actor.name} size="s" />
                      {entry.actor.name}
                    </span>
                  ) : (
                    texts.system
                  ),
              },
              {
                key: 'what',
                title: texts.what,
                cell: (entry) => (
                  <span>
                    {entry.sentence}
                    <br />
                    <code class="small muted">{entry.kind}</code>
                  </span>
                ),
              },
              { key: 'where', title: texts.where, cell: (entry) => entry.space?.name ?? '' },
              { key: 'rule', title: texts.rule, cell: (entry) => <code class="small">{entry.rule}</code> },
            ]}
          />
        </div>
      )}
      {pages.hasNextPage && (
        <div>
          <Button busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {texts.more}
          </Button>
        </div>
      )}
    </>
  );
}
