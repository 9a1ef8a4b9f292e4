import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { useText } from '../lib/i18n';
import { cx } from './cx';
import { kitTexts } from './i18n';
import { Icon } from './icon';
import { arrowDownIcon, arrowUpDownIcon, arrowUpIcon } from './icons';

export interface Column<T> {
  key: string;
  title: string;
  cell: (row: T) => ComponentChildren;
  /** Absent: the column cannot be sorted. */
  order?: (row: T) => string | number;
  numeric?: boolean;
  /** The title is for assistive tools only (a column of actions). */
  quiet?: boolean;
}

interface TableProps<T> {
  caption: string;
  showCaption?: boolean;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  /** A few short figures: stays a table on a phone. */
  compact?: boolean;
}

type Sort = { key: string; down: boolean };

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}

/** A real table; on a phone each row becomes a small block with its labels. */
export function Table<T>({ caption, showCaption, columns, rows, rowKey, compact }: TableProps<T>) {
  const [sort, setSort] = useState<Sort>();
  const texts = useText(kitTexts);
  const sorted = useMemo(() => {
    const order = columns.find((column) => column.key === sort?.key)?.order;
    if (!sort || !order) return rows;
    const direction = sort.down ? -1 : 1;
    return [...rows].sort((a, b) => direction * compare(order(a), order(b)));
  }, [rows, columns, sort]);
  const turn = (key: string) => setSort({ key, down: sort?.key === key ? !sort.down : false });

  return (
    <div class="table-frame">
      <table class={cx('table', compact ? 'table-compact' : 'table-stacking')}>
        <caption class={cx(!showCaption && 'unseen')}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                class={cx(column.numeric && 'cell-number')}
                aria-sort={sort?.key === column.key ? (sort.down ? 'descending' : 'ascending') : undefined}
              >
                {column.order ? (
                  <button
                    type="button"
                    class="table-sort"
                    title={texts.sortBy(column.title)}
                    onClick={() => turn(column.key)}
                  >
                    {column.title}
                    <Icon
                      d={sort?.key !== column.key ? arrowUpDownIcon : sort.down ? arrowDownIcon : arrowUpIcon}
                    />
                  </button>
                ) : (
                  <span class={cx(column.quiet && 'unseen')}>{column.title}</span>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td
                  key={column.key}
                  class={cx(column.numeric && 'cell-number')}
                  data-label={column.quiet ? undefined : column.title}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
