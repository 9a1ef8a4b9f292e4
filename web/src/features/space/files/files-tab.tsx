import { useInfiniteQuery } from '../../../lib/query';
import { useState } from 'preact/hooks';
import { api, sentenceOf } from '../../../lib/api/client';
import { keys, queryClient } from '../../../lib/api/queries';
import type { FileEntry, Space } from '../../../lib/api/schema';
import { weight } from '../../../lib/format';
import { useText } from '../../../lib/i18n';
import { Button } from '../../../ui/button';
import { SegmentedControl } from '../../../ui/choice';
import { Meter } from '../../../ui/display';
import { Banner, EmptyState, Skeleton, toast } from '../../../ui/feedback';
import { FileTable } from './file-table';
import { filesTexts } from './i18n';
import { UploadList, UploadZone } from './upload-zone';
import { useUploads } from './use-uploads';

interface FilePage {
  files: FileEntry[];
  next?: string;
  used_bytes: number;
  quota_bytes: number;
}

type View = 'space' | 'trash';

function useFiles(space: Space, view: View) {
  return useInfiniteQuery({
    queryKey: keys.space(space.slug, 'files', view),
    queryFn: ({ pageParam, signal }) =>
      api.get<FilePage>(`/spaces/${space.id}/files`, {
        query: { after: pageParam, trash: view === 'trash' ? 1 : undefined },
        signal,
      }),
  });
}

export function FilesTab({ space }: { space: Space }) {
  const texts = useText(filesTexts);
  const [view, setView] = useState<View>('space');
  const pages = useFiles(space, view);
  const refresh = () => queryClient.invalidateQueries({ queryKey: keys.space(space.slug, 'files') });
  const { uploads, send } = useUploads(space.id, (name) => {
    toast(texts.added(name));
    void refresh();
  });
  const mayAdd = space.may.includes('file_add') && space.state === 'active';
  const files = (pages.data?.pages ?? []).flatMap((page) => page.files);
  const room = pages.data?.pages[0];
  return (
    <>
      {mayAdd && view === 'space' && <UploadZone onSend={send} />}
      <UploadList uploads={uploads} />
      <div class="toolbar">
        <SegmentedControl<View>
          legend={texts.view}
          options={[
            { value: 'space', label: texts.inSpace },
            { value: 'trash', label: texts.inTrash },
          ]}
          value={view}
          onValue={setView}
        />
        {room && room.quota_bytes > 0 && (
          <div class="quota small muted">
            <span>{texts.used(weight(room.used_bytes), weight(room.quota_bytes))}</span>
            <Meter label={texts.usedLabel} value={room.used_bytes} max={room.quota_bytes} />
          </div>
        )}
      </div>
      {pages.error && <Banner tone="danger">{sentenceOf(pages.error)}</Banner>}
      {!pages.data && !pages.error && <Skeleton lines={3} />}
      {pages.data && files.length === 0 && (
        <EmptyState>
          {view === 'trash' ? texts.emptyTrash : mayAdd ? texts.empty : texts.emptyRead}
        </EmptyState>
      )}
      {files.length > 0 && (
        <FileTable files={files} trash={view === 'trash'} onChanged={() => void refresh()} />
      )}
      {pages.hasNextPage && (
        <div>
          <Button busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {texts.more}
          </Button>
        </div>
      )}
    </>
  );
}
