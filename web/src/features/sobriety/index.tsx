import './sobriety.css';
import type { ComponentChildren } from 'preact';
import { useQuery } from '../../lib/query';
import { useState } from 'preact/hooks';
import { usePageTitle } from '../../lib/a11y/title';
import { api, sentenceOf } from '../../lib/api/client';
import { useMeterToday } from '../../lib/api/queries';
import type { MeterReport } from '../../lib/api/schema';
import { percent, weight, weightParts } from '../../lib/format';
import { useLanguage, useText } from '../../lib/i18n';
import { BarChart } from '../../ui/chart';
import { SegmentedControl } from '../../ui/choice';
import { Meter, PageHeader, Section } from '../../ui/display';
import { Banner, EmptyState, Skeleton } from '../../ui/feedback';
import { Table } from '../../ui/table';
import { sobrietyTexts } from './i18n';
import { PolicySection } from './policy';
import { daysBack, grid, sumBy, type Grid, type Line, type Share } from './model';

type Period = 'day' | 'fortnight';
const fortnightDays = 14;
const hours = Array.from({ length: 24 }, (_, hour) => String(hour));

function useReport(period: Period) {
  const days = daysBack(period === 'day' ? 1 : fortnightDays);
  const from = days[0] ?? '';
  const to = days[days.length - 1] ?? '';
  return useQuery({
    queryKey: ['meter', from, to],
    queryFn: () => api.get<MeterReport>('/meter', { query: { from, to } }),
    staleTime: 30_000,
  });
}

const named = (names: Record<string, string>, key: string): string => names[key] ?? key;

function Figure({ title, bytes, children }: { title: string; bytes: number; children?: ComponentChildren }) {
  const { value, unit } = weightParts(bytes);
  return (
    <div class="card card-pad">
      <p class="small muted">{title}</p>
      <p class="sobriety-figure tabular">
        {value} <span>{unit}</span>
      </p>
      {children}
    </div>
  );
}

function ShareTable({
  title,
  column,
  shares,
  names,
}: {
  title: string;
  column: string;
  shares: Share[];
  names: Record<string, string>;
}) {
  const texts = useText(sobrietyTexts);
  return (
    <Section title={title} card>
      <Table
        compact
        caption={title}
        rows={shares}
        rowKey={(share) => share.key}
        columns={[
          {
            key: 'name',
            title: column,
            cell: (share) => <span class="strong">{named(names, share.key)}</span>,
          },
          {
            key: 'in',
            title: texts.sent,
            numeric: true,
            order: (s) => s.bytes_in,
            cell: (s) => weight(s.bytes_in),
          },
          {
            key: 'out',
            title: texts.received,
            numeric: true,
            order: (s) => s.bytes_out,
            cell: (s) => weight(s.bytes_out),
          },
          {
            key: 'all',
            title: texts.total,
            numeric: true,
            order: (s) => s.bytes,
            cell: (s) => weight(s.bytes),
          },
        ]}
      />
    </Section>
  );
}

function slotLabel(period: Period, slot: string, language: string): string {
  if (period === 'day') return language === 'fr' ? `${slot} h` : `${slot}:00`;
  return new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric' }).format(
    new Date(`${slot}T12:00:00`),
  );
}

function Chart({ period, lines, reference }: { period: Period; lines: Line[]; reference: number }) {
  const texts = useText(sobrietyTexts);
  const language = useLanguage();
  const data: Grid =
    period === 'day'
      ? grid(lines, hours, (line) => String(line.hour))
      : grid(lines, daysBack(fortnightDays), (line) => line.day);
  const tools = data.tools.map((tool) => ({
    key: tool,
    label: tool === 'other' ? texts.other : named(texts.tools, tool),
  }));
  const bars = data.slots.map((slot, index) => ({
    key: slot,
    label: slotLabel(period, slot, language),
    values: data.values[index] ?? [],
  }));
  return (
    <Section title={period === 'day' ? texts.byHour : texts.byDay} card>
      <BarChart
        title={texts.chart}
        series={tools}
        bars={bars}
        format={weight}
        {...(period === 'fortnight' &&
          reference > 0 && {
            reference: { value: reference, label: texts.referenceLine(weight(reference)) },
          })}
      />
      <details class="sobriety-table">
        <summary>{texts.asTable}</summary>
        <Table
          caption={period === 'day' ? texts.byHour : texts.byDay}
          rows={bars.filter((bar) => bar.values.some((value) => value > 0))}
          rowKey={(bar) => bar.key}
          columns={[
            { key: 'slot', title: texts.slot, cell: (bar) => bar.label },
            ...tools.map((tool, index) => ({
              key: tool.key,
              title: tool.label,
              numeric: true,
              cell: (bar: (typeof bars)[number]) => weight(bar.values[index] ?? 0),
            })),
          ]}
        />
      </details>
    </Section>
  );
}

export default function SobrietyPage() {
  const texts = useText(sobrietyTexts);
  const [period, setPeriod] = useState<Period>('day');
  const { data: today } = useMeterToday();
  const { data: report, error } = useReport(period);
  usePageTitle(texts.title);
  const lines = report?.lines ?? [];
  const received = lines.reduce((sum, line) => sum + line.bytes_out, 0);
  const sent = lines.reduce((sum, line) => sum + line.bytes_in, 0);
  const reference = today?.reference_bytes ?? 0;
  const todayBytes = today ? today.bytes_in + today.bytes_out : 0;
  return (
    <div class="page">
      <PageHeader
        title={texts.title}
        detail={texts.lead}
        actions={
          <SegmentedControl<Period>
            legend={texts.period}
            options={[
              { value: 'day', label: texts.today },
              { value: 'fortnight', label: texts.fortnight },
            ]}
            value={period}
            onValue={setPeriod}
          />
        }
      />
      <div class="stack sobriety">
        {error && <Banner tone="danger">{sentenceOf(error)}</Banner>}
        {!report && !error && <Skeleton lines={2} />}
        {report && (
          <div class="sobriety-figures">
            <Figure
              title={period === 'day' ? texts.transferredDay : texts.transferredFortnight}
              bytes={received + sent}
            >
              {period === 'day' && reference > 0 && (
                <>
                  <p class="small muted">{texts.reference(weight(reference))}</p>
                  <Meter
                    label={texts.share(percent(todayBytes / reference))}
                    value={todayBytes}
                    max={reference}
                  />
                </>
              )}
            </Figure>
            <Figure title={texts.received} bytes={received} />
            <Figure title={texts.sent} bytes={sent} />
          </div>
        )}
        {report && lines.length === 0 && <EmptyState>{texts.none}</EmptyState>}
        {lines.length > 0 && (
          <>
            <Chart period={period} lines={lines} reference={reference} />
            <div class="sobriety-tables">
              <ShareTable
                title={texts.byTool}
                column={texts.tool}
                shares={sumBy(lines, (l) => l.tool)}
                names={texts.tools}
              />
              <ShareTable
                title={texts.byClass}
                column={texts.usage}
                shares={sumBy(lines, (l) => l.traffic)}
                names={texts.classes}
              />
              <ShareTable
                title={texts.byPath}
                column={texts.path}
                shares={sumBy(lines, (l) => l.path)}
                names={texts.paths}
              />
            </div>
          </>
        )}
        <p class="small muted">{texts.privacy}</p>
        <PolicySection />
      </div>
    </div>
  );
}
