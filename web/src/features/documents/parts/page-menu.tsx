import { apiPath } from '../../../lib/api/client';
import type { DocumentMeta } from '../../../lib/api/schema';
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

/** The page elsewhere: as a file, or to print. */
export function PageMenu({ meta }: { meta: DocumentMeta }) {
  const texts = useText(documentTexts);
  return (
    <Menu
      label={texts.more}
      trigger={(props) => (
        <button type="button" class="icon-button" aria-label={texts.more} {...props}>
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
              href={apiPath(`/documents/${meta.id}/export`, { format })}
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
            href={`/documents/${meta.id}/lecture`}
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
