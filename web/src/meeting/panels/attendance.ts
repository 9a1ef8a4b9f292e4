import { dateTime } from '../../lib/format';
import type { Host } from '../api';

const csvField = (text: string) => {
  // A spreadsheet must not take a name for a formula.
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
};

/** Who was there, as a spreadsheet opens it. */
export async function saveAttendance(host: Host, name: string): Promise<void> {
  const lines = await host.attendance();
  const rows = lines.map((line) => [
    line.name,
    line.verified ? 'oui' : 'non',
    dateTime(line.joined_at),
    line.left_at ? dateTime(line.left_at) : '',
  ]);
  const text = [['Nom', 'Authentifié', 'Entrée', 'Sortie'], ...rows]
    .map((row) => row.map(csvField).join(';'))
    .join('\r\n');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`\ufeff${text}\r\n`], { type: 'text/csv' }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
