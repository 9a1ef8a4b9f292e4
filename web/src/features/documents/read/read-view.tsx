import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { apiPath } from '../../../lib/api/client';
import type { DocumentMeta } from '../../../lib/api/schema';
import { Skeleton } from '../../../ui/feedback';
import { nodesOf } from './nodes';

/** The server's rendering, parsed by the browser into an inert document: nothing in it runs or loads. */
function fetchDocument(path: string, signal: AbortSignal): Promise<Document> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', path);
    request.responseType = 'document';
    request.overrideMimeType('text/html');
    request.onload = () => {
      if (request.status === 200 && request.responseXML) resolve(request.responseXML);
      else reject(new Error(`status ${request.status}`));
    };
    request.onerror = () => reject(new Error('unreachable'));
    signal.addEventListener('abort', () => request.abort());
    request.send();
  });
}

/** What the document says, without any of the editor's code. `onMissing`: the server cannot show it this way now. */
export function ReadView({ meta, onMissing }: { meta: DocumentMeta; onMissing: () => void }) {
  const [content, setContent] = useState<(VNode | string)[]>();
  useEffect(() => {
    const stop = new AbortController();
    fetchDocument(apiPath(`/documents/${meta.id}/html`), stop.signal).then(
      (page) => setContent(nodesOf(page.body)),
      () => {
        if (!stop.signal.aborted) onMissing();
      },
    );
    return () => stop.abort();
    // Fetched anew when the document has changed.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [meta.id, meta.updated_at]);
  if (!content) return <Skeleton lines={5} />;
  return <div class="doc-paper doc-content">{content}</div>;
}
