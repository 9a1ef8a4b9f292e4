import { apiPath } from '../../../lib/api/client';
import { useText } from '../../../lib/i18n';
import { Icon } from '../../../ui/icon';
import { downloadIcon, ellipsisIcon, fileTextIcon } from '../../../ui/icons';
import { Menu, MenuLine } from '../../../ui/popover';
import { documentTexts } from '../i18n';

const formats: readonly [string, string][] = [
  ['odt', 'ODT (LibreOffice)'],
  ['docx', 'DOCX (Word)'],
  ['pdf', 'PDF'],
  ['md', 'Markdown'],
  ['html', 'HTML'],
];

interface Props {
  document: string;
  /** One of its named versions, and what the menu is then called. */
  version?: { id: string; label: string };
}

/** The page elsewhere: as a file, or to print. */
export function PageMenu({ document, version }: Props) {
  const texts = useText(documentTexts);
  const label = version?.label ?? texts.more;
  const query = version ? `?version=${version.id}` : '';
  return (
    <Menu
      label={label}
      trigger={(props) => (
        <button type="button" class="icon-button" aria-label={label} {...props}>
          <Icon d={ellipsisIcon} />
        </button>
      )}
    >
      {(close) => (
        <>
          {formats.map(([format, name]) => (
            <a
              key={format}
              role="menuitem"
              tabIndex={-1}
              class="menu-item"
              href={apiPath(`/documents/${document}/export`, { format, version: version?.id })}
              download
              onClick={close}
            >
              <Icon d={downloadIcon} />
              <span class="grow">{texts.exportAs(name)}</span>
            </a>
          ))}
          <MenuLine />
          <a
            role="menuitem"
            tabIndex={-1}
            class="menu-item"
            href={`/documents/${document}/lecture${query}`}
            target="_blank"
            rel="noopener"
            onClick={close}
          >
            <Icon d={fileTextIcon} />
            <span class="grow">{texts.printable}</span>
          </a>
        </>
      )}
    </Menu>
  );
}
