import { IconTile } from '../../ui/display';
import { fileArchiveIcon, fileIcon, fileSpreadsheetIcon, fileTextIcon, imageIcon } from '../../ui/icons';

const archive = /zip|tar|compress|7z/;
const sheet = /spreadsheet|excel|csv/;
const text = /pdf|text|word|document|rtf/;

export function fileTypeIcon(type: string): string {
  if (type.startsWith('image/')) return imageIcon;
  if (sheet.test(type)) return fileSpreadsheetIcon;
  if (archive.test(type)) return fileArchiveIcon;
  if (text.test(type)) return fileTextIcon;
  return fileIcon;
}

export const FileTile = ({ type }: { type: string }) => (
  <IconTile icon={fileTypeIcon(type)} tone={type.startsWith('image/') ? 'info' : 'primary'} />
);
