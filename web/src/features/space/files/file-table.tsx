import { useState } from 'preact/hooks';
import { useAction } from '../../../lib/action';
import { api } from '../../../lib/api/client';
import type { FileEntry } from '../../../lib/api/schema';
import { FileTile } from '../../../lib/files/tile';
import { contentPath, previewPath } from '../../../lib/files/upload';
import { ago, weight } from '../../../lib/format';
import { useText } from '../../../lib/i18n';
import { Button, IconButton } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { toast } from '../../../ui/feedback';
import { Icon } from '../../../ui/icon';
import { downloadIcon, eyeIcon, trash2Icon, undo2Icon } from '../../../ui/icons';
import { Table } from '../../../ui/table';
import { filesTexts } from './i18n';

export function DownloadLink({ file, small }: { file: FileEntry; small?: boolean }) {
  const texts = useText(filesTexts);
  const size = weight(file.size);
  return (
    <a
      class={small ? 'button button-s' : 'button'}
      href={contentPath(file.id)}
      download={file.name}
      aria-label={texts.downloadOf(file.name, size)}
    >
      <Icon d={downloadIcon} />
      {texts.download(size)}
    </a>
  );
}

function Preview({ file, onClose }: { file: FileEntry; onClose: () => void }) {
  const texts = useText(filesTexts);
  return (
    <Dialog title={file.name} wide onClose={onClose} footer={<DownloadLink file={file} />}>
      <img class="preview" src={previewPath(file.id)} alt={texts.previewOf(file.name)} />
      <p class="small muted">{texts.previewNote}</p>
    </Dialog>
  );
}

const restore = (file: FileEntry) => api.post<FileEntry>(`/files/${file.id}/restore`);

function FileActions({ file, trash, onChanged }: { file: FileEntry; trash: boolean; onChanged: () => void }) {
  const texts = useText(filesTexts);
  const [previewing, setPreviewing] = useState(false);
  const bringBack = useAction(() => restore(file), {
    done: texts.restored(file.name),
    onDone: onChanged,
  });
  const remove = useAction(() => api.delete(`/files/${file.id}`), {
    onDone: () => {
      toast(texts.trashed(file.name), {
        action: { label: texts.undo, run: () => void restore(file).then(onChanged) },
      });
      onChanged();
    },
  });
  if (trash) {
    return file.may.includes('file_restore') ? (
      <Button
        small
        icon={undo2Icon}
        busy={bringBack.busy}
        aria-label={texts.restoreOf(file.name)}
        onClick={() => bringBack.run(undefined)}
      >
        {texts.restore}
      </Button>
    ) : null;
  }
  return (
    <div class="list-actions">
      {file.preview && (
        <IconButton
          label={texts.previewOf(file.name)}
          icon={eyeIcon}
          aria-haspopup="dialog"
          onClick={() => setPreviewing(true)}
        />
      )}
      <DownloadLink file={file} small />
      {file.may.includes('file_delete') && (
        <IconButton
          label={texts.trashOf(file.name)}
          icon={trash2Icon}
          onClick={() => remove.run(undefined)}
        />
      )}
      {previewing && <Preview file={file} onClose={() => setPreviewing(false)} />}
    </div>
  );
}

interface FileTableProps {
  files: FileEntry[];
  trash: boolean;
  onChanged: () => void;
}

export function FileTable({ files, trash, onChanged }: FileTableProps) {
  const texts = useText(filesTexts);
  return (
    <div class="card table-card">
      <Table
        caption={texts.title}
        rows={files}
        rowKey={(file) => file.id}
        columns={[
          {
            key: 'name',
            title: texts.name,
            quiet: false,
            order: (file) => file.name,
            cell: (file) => (
              <span class="row">
                <FileTile type={file.type} />
                <span class="strong">{file.name}</span>
              </span>
            ),
          },
          {
            key: 'author',
            title: texts.author,
            order: (file) => file.author.name,
            cell: (file) => (
              <span>
                {file.author.name}
                {file.room_id && <span class="small muted block">{texts.fromMessage}</span>}
              </span>
            ),
          },
          {
            key: 'date',
            title: texts.date,
            order: (file) => file.created_at,
            cell: (file) => (file.deleted_at ? texts.deletedOn(ago(file.deleted_at)) : ago(file.created_at)),
          },
          {
            key: 'weight',
            title: texts.weight,
            numeric: true,
            order: (file) => file.size,
            cell: (file) => weight(file.size),
          },
          {
            key: 'actions',
            title: texts.actions,
            quiet: true,
            cell: (file) => <FileActions file={file} trash={trash} onChanged={onChanged} />,
          },
        ]}
      />
    </div>
  );
}
