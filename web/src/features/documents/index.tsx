import './documents.css';
import { useEffect, useState } from 'preact/hooks';
import { Link, useLocation, useSearch } from 'wouter';
import type { RouteProps } from '../../app/routes';
import { usePageTitle } from '../../lib/a11y/title';
import { ApiError, sentenceOf } from '../../lib/api/client';
import { useMySpaces } from '../../lib/api/queries';
import type { DocumentLink, DocumentMeta } from '../../lib/api/schema';
import { weight } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { lazyView } from '../../lib/lazy-view';
import { MeetButton } from '../../lib/meetings/meet-button';
import { spacePath } from '../../lib/paths';
import { ButtonLink, IconButton } from '../../ui/button';
import { Banner, Skeleton } from '../../ui/feedback';
import { Icon } from '../../ui/icon';
import {
  chevronLeftIcon,
  eyeIcon,
  fileTextIcon,
  historyIcon,
  messageSquareTextIcon,
  pencilIcon,
} from '../../ui/icons';
import type { LiveProps } from './editor/live';
import { documentTexts } from './i18n';
import type { RenameProps } from './parts/page-dialogs';
import { PageMenu } from './parts/page-menu';
import { useDocument } from './queries';
import { ReadView } from './read/read-view';

const History = lazyView<{ meta: DocumentMeta }>(() =>
  import('./history/history-view').then((module) => module.HistoryView),
);

const RenameDialog = lazyView<RenameProps>(() =>
  import('./parts/page-dialogs').then((module) => module.RenameDialog),
);

const LiveDocument = lazyView<LiveProps>(() =>
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

function Links({ title, links }: { title: string; links: DocumentLink[] }) {
  if (links.length === 0) return null;
  return (
    <nav aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {links.map((link) => (
          <li key={link.id}>
            <Link href={`/d/${link.id}`} class="link">
              {link.title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Related({ meta }: { meta: DocumentMeta }) {
  const texts = useText(documentTexts);
  return (
    <footer class="doc-foot small muted">
      <Links title={texts.subPages} links={meta.children} />
      <Links title={texts.mentionedIn} links={meta.backlinks} />
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

/** What the address asks for: to write, to discuss, one discussion, the history. */
function useAsked(meta: DocumentMeta) {
  const [, go] = useLocation();
  const asked = new URLSearchParams(useSearch());
  const wanted = asked.get('fil') ?? undefined;
  const editing = asked.has('modifier') && meta.rights.write;
  const discussing = asked.has('commentaires') || wanted !== undefined;
  const history = asked.has('historique');
  const to = (...parts: (string | false)[]) => {
    const query = parts.filter(Boolean).join('&');
    return `/d/${meta.id}${query === '' ? '' : `?${query}`}`;
  };
  return {
    editing: editing && !history,
    history,
    comments: {
      open: discussing,
      wanted,
      onOpen: (open: boolean) => go(to(editing && 'modifier', open && 'commentaires'), { replace: true }),
    },
    paths: {
      read: to(discussing && 'commentaires'),
      edit: to('modifier', discussing && 'commentaires'),
      comments: to('commentaires'),
      history: to('historique'),
      plain: to(),
    },
  };
}

function Actions({ meta, asked }: { meta: DocumentMeta; asked: ReturnType<typeof useAsked> }) {
  const texts = useText(documentTexts);
  const { editing, history, comments, paths } = asked;
  return (
    <div class="list-actions">
      {history ? (
        <ButtonLink href={paths.plain} icon={eyeIcon}>
          {texts.read}
        </ButtonLink>
      ) : (
        !editing &&
        !comments.open && (
          <ButtonLink href={paths.comments} icon={messageSquareTextIcon}>
            {texts.comments}
          </ButtonLink>
        )
      )}
      {!history && (
        <ButtonLink href={paths.history} icon={historyIcon}>
          {texts.history}
        </ButtonLink>
      )}
      {meta.rights.write &&
        (editing ? (
          <ButtonLink href={paths.read} icon={eyeIcon}>
            {texts.read}
          </ButtonLink>
        ) : (
          <ButtonLink variant="primary" href={paths.edit} icon={fileTextIcon}>
            {texts.edit}
          </ButtonLink>
        ))}
      <MeetButton space={meta.space} origin={{ kind: 'document', id: meta.id }} name={meta.title} />
      <PageMenu document={meta.id} />
    </div>
  );
}

function OpenDocument({ meta }: { meta: DocumentMeta }) {
  const texts = useText(documentTexts);
  const asked = useAsked(meta);
  const [renaming, setRenaming] = useState(false);
  const [readable, setReadable] = useState(true);
  const { editing, history, comments } = asked;
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
          <Actions meta={meta} asked={asked} />
        </div>
        {meta.frozen && (
          <Banner tone="info">
            {texts.frozen}{' '}
            <Link href={asked.paths.history} class="link">
              {texts.history}
            </Link>
          </Banner>
        )}
      </header>
      {history ? (
        <History key={meta.id} meta={meta} />
      ) : editing || comments.open || !readable ? (
        <LiveDocument key={meta.id} meta={meta} editable={editing} comments={comments} />
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
