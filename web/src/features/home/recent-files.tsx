import { Link } from 'wouter';
import type { RecentFile } from '../../lib/api/queries';
import { FileTile } from '../../lib/files/tile';
import { ago, weight } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { spacePath } from '../../lib/paths';
import { Section } from '../../ui/display';
import { homeTexts } from './i18n';

const mostShown = 5;

export function RecentFiles({ files }: { files: RecentFile[] }) {
  const texts = useText(homeTexts);
  return (
    <Section title={texts.resume} card>
      {files.length === 0 && <p class="muted">{texts.noFile}</p>}
      <ul class="home-files">
        {files.slice(0, mostShown).map((file) => (
          <li key={file.id}>
            <FileTile type={file.type} />
            <div class="grow">
              <Link class="home-file-name" href={`${spacePath(file.space, 'fichiers')}?fichier=${file.id}`}>
                {file.name}
              </Link>
              <div class="small muted">
                {file.space.name} · {weight(file.size)}
              </div>
              <div class="small muted">
                {file.author.name}, {ago(file.created_at)}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
