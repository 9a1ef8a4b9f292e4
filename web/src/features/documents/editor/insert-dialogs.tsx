import './insert-dialogs.css';
import type { Editor } from '@tiptap/core';
import { useState } from 'preact/hooks';
import { useAction } from '../../../lib/action';
import { api } from '../../../lib/api/client';
import type { FileEntry } from '../../../lib/api/schema';
import { contentPath, previewPath, uploadFile } from '../../../lib/files/upload';
import { weight } from '../../../lib/format';
import { useText } from '../../../lib/i18n';
import { useInfiniteQuery } from '../../../lib/query';
import { Button } from '../../../ui/button';
import { SegmentedControl } from '../../../ui/choice';
import { cx } from '../../../ui/cx';
import { Dialog } from '../../../ui/dialog';
import { ProgressBar } from '../../../ui/display';
import { Banner } from '../../../ui/feedback';
import { TextField } from '../../../ui/field';
import { Icon } from '../../../ui/icon';
import { imageIcon } from '../../../ui/icons';
import { documentTexts } from '../i18n';
import { toolTexts } from './i18n';
import { linkTarget } from './blocks';

export interface LinkProps {
  editor: Editor;
  onClose: () => void;
}

export function LinkDialog({ editor, onClose }: LinkProps) {
  const texts = useText(documentTexts);
  const words = useText(toolTexts);
  const known = editor.getAttributes('link')['href'] as string | undefined;
  const [address, setAddress] = useState(known ?? '');
  const [wrong, setWrong] = useState(false);
  const apply = () => {
    const href = linkTarget(address);
    if (!href) {
      setWrong(true);
      return;
    }
    onClose();
    const chain = editor.chain().focus().extendMarkRange('link');
    const mark = { type: 'link', attrs: { href } };
    if (editor.state.selection.empty && !known) {
      chain.insertContent([{ type: 'text', text: address.trim(), marks: [mark] }]).run();
    } else chain.setMark('link', mark.attrs).run();
  };
  return (
    <Dialog
      title={texts.tools.link}
      onClose={onClose}
      onSubmit={apply}
      footer={
        <>
          {known && (
            <Button
              onClick={() => {
                onClose();
                editor.chain().focus().extendMarkRange('link').unsetMark('link').run();
              }}
            >
              {words.linkRemove}
            </Button>
          )}
          <Button variant="primary" type="submit">
            {words.apply}
          </Button>
        </>
      }
    >
      <TextField
        label={words.linkAddress}
        hint={words.linkHint}
        value={address}
        onValue={setAddress}
        error={wrong ? words.linkWrong : undefined}
      />
    </Dialog>
  );
}

export interface ImageProps {
  editor: Editor;
  space: string;
  onClose: () => void;
}

interface FilePage {
  files: FileEntry[];
  next?: string;
}

type Source = 'files' | 'device';

/** A picture that is a file of the space already, or becomes one: stored once, whatever shows it. */
export function ImageDialog({ editor, space, onClose }: ImageProps) {
  const words = useText(toolTexts);
  const [source, setSource] = useState<Source>('files');
  const [picked, setPicked] = useState<FileEntry>();
  const [file, setFile] = useState<File>();
  const [alt, setAlt] = useState('');
  const [progress, setProgress] = useState(0);
  const pages = useInfiniteQuery<FilePage>({
    queryKey: ['images', space],
    queryFn: ({ pageParam, signal }) =>
      api.get<FilePage>(`/spaces/${space}/files`, { query: { after: pageParam }, signal }),
    staleTime: 0,
  });
  const images = pages.data?.pages.flatMap((page) =>
    page.files.filter((one) => one.type.startsWith('image/')),
  );
  const chosen = source === 'files' ? picked : file;
  const insert = useAction(
    async () => (source === 'files' || !file ? picked : uploadFile(space, file, setProgress)),
    {
      quiet: true,
      onDone: (entry) => {
        if (!entry) return;
        onClose();
        const attrs = { src: contentPath(entry.id), alt, fileId: entry.id };
        editor.chain().focus().insertContent({ type: 'image', attrs }).run();
      },
    },
  );
  return (
    <Dialog
      title={words.imageTitle}
      onClose={onClose}
      onSubmit={() => chosen && !insert.busy && insert.run(undefined)}
      footer={
        <Button variant="primary" type="submit" busy={insert.busy} disabled={!chosen}>
          {chosen ? words.imageInsert(weight(chosen.size)) : words.imageInsertNone}
        </Button>
      }
    >
      <SegmentedControl<Source>
        legend={words.imageSource}
        options={[
          { value: 'files', label: words.imageFromSpace },
          { value: 'device', label: words.imageFromDevice },
        ]}
        value={source}
        onValue={setSource}
      />
      {source === 'files' ? (
        <>
          {images?.length === 0 && !pages.hasNextPage && <p class="muted">{words.imageNone}</p>}
          <ul class="doc-images" aria-label={words.imageFromSpace}>
            {images?.map((image) => (
              <li key={image.id}>
                <button
                  type="button"
                  class={cx('doc-image', image.id === picked?.id && 'doc-image-on')}
                  aria-pressed={image.id === picked?.id}
                  onClick={() => setPicked(image)}
                >
                  {image.preview ? (
                    <img src={previewPath(image.id)} alt="" loading="lazy" />
                  ) : (
                    <Icon d={imageIcon} />
                  )}
                  <span class="doc-image-name">{image.name}</span>
                  <span class="small muted">{weight(image.size)}</span>
                </button>
              </li>
            ))}
          </ul>
          {pages.hasNextPage && (
            <Button small busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
              {words.imageMore}
            </Button>
          )}
        </>
      ) : (
        <>
          <label class="field">
            <span class="field-label">{words.imageFile}</span>
            <input
              type="file"
              accept="image/*"
              class="input"
              onChange={(event) => setFile(event.currentTarget.files?.[0])}
            />
          </label>
          {file && <p>{words.imageDetail(file.name, weight(file.size))}</p>}
        </>
      )}
      <TextField label={words.imageAlt} hint={words.imageAltHint} value={alt} onValue={setAlt} />
      {insert.busy && file && <ProgressBar label={file.name} value={progress} />}
      {insert.problem && <Banner tone="danger">{insert.problem}</Banner>}
    </Dialog>
  );
}
