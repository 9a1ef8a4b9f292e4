import { dateTime } from '../../lib/format';
import { textNow } from '../../lib/i18n';
import type { AttendanceLine, Host } from '../api';
import { hostTexts } from '../host-texts';

const csvField = (text: string) => {
  // A spreadsheet must not take a name for a formula.
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
};

/** Who was there and for how long, one line for each stay. */
export function attendanceCsv(lines: readonly AttendanceLine[], now: number): string {
  const { csv } = textNow(hostTexts);
  const rows = lines.map((line) => [
    line.name,
    line.verified ? csv.yes : csv.no,
    dateTime(line.joined_at),
    line.left_at ? dateTime(line.left_at) : csv.still,
    String(Math.max(1, Math.round(((line.left_at ?? now) - line.joined_at) / 60_000))),
  ]);
  return [[csv.name, csv.verified, csv.from, csv.until, csv.minutes], ...rows]
    .map((row) => row.map(csvField).join(';'))
    .join('\r\n');
}

/** As a file that a spreadsheet opens. */
export async function saveAttendance(host: Host, name: string): Promise<void> {
  const text = attendanceCsv(await host.attendance(), Date.now());
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`\ufeff${text}\r\n`], { type: 'text/csv' }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
