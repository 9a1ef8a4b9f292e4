import '../../features/documents/documents.css';
import { useState } from 'preact/hooks';
import { api, sentenceOf } from '../../lib/api/client';
import type { DocumentMeta } from '../../lib/api/schema';
import { useQuery } from '../../lib/query';
import type { LiveProps } from '../../features/documents/editor/live';
import { Banner, Skeleton } from '../../ui/feedback';
import { lazyView } from '../../lib/lazy-view';
import { Outside } from '../outside';

const LiveDocument = lazyView<LiveProps>(() =>
  import('../../features/documents/editor/live-document').then((module) => module.LiveDocument),
);

/** The document as its own page edits it. */
export function NotesEditor({ document }: { document: string }) {
  const { data: meta, error } = useQuery({
    queryKey: ['document', document],
    queryFn: ({ signal }) => api.get<DocumentMeta>(`/documents/${document}`, { signal }),
  });
  const [discussing, setDiscussing] = useState(false);
  if (error) return <Banner tone="danger">{sentenceOf(error)}</Banner>;
  if (!meta) return <Skeleton lines={5} />;
  return (
    <Outside>
      <h3 class="visio-notes-title">{meta.title}</h3>
      <LiveDocument
        meta={meta}
        editable={meta.rights.write}
        comments={{ open: discussing, wanted: undefined, onOpen: setDiscussing }}
      />
    </Outside>
  );
}
