import './documents.css';
import { useEffect, useState } from 'preact/hooks';
import { Link, useLocation, useSearch } from 'wouter';
import type { RouteProps } from '../../app/routes';
import { usePageTitle } from '../../lib/a11y/title';
import { ApiError, sentenceOf } from '../../lib/api/client';
import { useMySpaces } from '../../lib/api/queries';
import type { DocumentMeta } from '../../lib/api/schema';
import { weight } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { lazyView } from '../../lib/lazy-view';
import { spacePath } from '../../lib/paths';
import { Button, ButtonLink, IconButton } from '../../ui/button';
import { Banner, Skeleton } from '../../ui/feedback';
import { Icon } from '../../ui/icon';
import { chevronLeftIcon, eyeIcon, fileTextIcon, lockIcon, pencilIcon } from '../../ui/icons';
import { documentTexts } from './i18n';
import { RenameDialog } from './parts/page-dialogs';
import { useDocument } from './queries';
import { ReadView } from './read/read-view';

const LiveDocument = lazyView<{ meta: DocumentMeta; editable: boolean }>(() =>
  import('./editor/live-document').then((module) => module.LiveDocument),
);

function Absent({ error }: { error: Error }) {
  const texts = useText(documentTexts);
  usePageTitle(texts.missing);
  const absent = error instanceof ApiError && [400, 403, 404].includes(error.status);
  return (
    <div class="page page-narrow stack">
      <h1 tabIndex={-1}>{texts.missing}</h1>
      <p class="muted">{absent ? texts.missingDetail : sentenceOf(error)}</p>
    </div>
  );
}

function Related({ meta }: { meta: DocumentMeta }) {
  const texts = useText(documentTexts);
  return (
    <footer class="doc-foot small muted">
      {meta.children.length > 0 && (
        <nav aria-label={texts.subPages}>
          <h2>{texts.subPages}</h2>
          <ul>
            {meta.children.map((child) => (
              <li key={child.id}>
                <Link href={`/d/${child.id}`} class="link">
                  {child.title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <p>{texts.weight(weight(meta.bytes))}</p>
    </footer>
  );
}

function BackToSpace({ space }: { space: string }) {
  const texts = useText(documentTexts);
  const { data } = useMySpaces();
  const found = data?.spaces.find((one) => one.id === space);
  if (!found) return null;
  return (
    <Link href={spacePath(found, 'documents')} class="doc-back link small">
      <Icon d={chevronLeftIcon} small />
      {texts.back}, {found.name}
    </Link>
  );
}

function OpenDocument({ meta }: { meta: DocumentMeta }) {
  const texts = useText(documentTexts);
  const [, go] = useLocation();
  const asked = new URLSearchParams(useSearch()).has('modifier');
  const [renaming, setRenaming] = useState(false);
  const [readable, setReadable] = useState(true);
  const editing = asked && meta.rights.write;
  usePageTitle(meta.title);
  useEffect(() => setReadable(true), [meta.id]);
  return (
    <article class="doc">
      <header class="doc-head">
        <BackToSpace space={meta.space} />
        <div class="doc-title">
          <h1 tabIndex={-1}>{meta.title}</h1>
          {meta.rights.write && (
            <IconButton label={texts.rename} icon={pencilIcon} onClick={() => setRenaming(true)} />
          )}
          <span class="grow" />
          {meta.rights.write &&
            (editing ? (
              <ButtonLink href={`/d/${meta.id}`} icon={eyeIcon}>
                {texts.read}
              </ButtonLink>
            ) : (
              <Button variant="primary" icon={fileTextIcon} onClick={() => go(`/d/${meta.id}?modifier`)}>
                {texts.edit}
              </Button>
            ))}
        </div>
        {meta.frozen && (
          <Banner tone="info">
            <Icon d={lockIcon} small /> {texts.frozen}
          </Banner>
        )}
      </header>
      {editing || !readable ? (
        <LiveDocument key={meta.id} meta={meta} editable={editing} />
      ) : (
        <ReadView key={meta.id} meta={meta} onMissing={() => setReadable(false)} />
      )}
      <Related meta={meta} />
      {renaming && <RenameDialog document={meta} onClose={() => setRenaming(false)} />}
    </article>
  );
}

export default function DocumentPage({ params }: RouteProps) {
  const { data: meta, error } = useDocument(params['id'] ?? '');
  if (meta) return <OpenDocument meta={meta} />;
  if (error) return <Absent error={error} />;
  return (
    <div class="page">
      <Skeleton lines={4} />
    </div>
  );
}
