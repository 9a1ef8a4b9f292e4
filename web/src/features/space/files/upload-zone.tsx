import { useRef, useState } from 'preact/hooks';
import { weight } from '../../../lib/format';
import { useText } from '../../../lib/i18n';
import { Button } from '../../../ui/button';
import { cx } from '../../../ui/cx';
import { Dialog } from '../../../ui/dialog';
import { ProgressBar } from '../../../ui/display';
import { Icon } from '../../../ui/icon';
import { triangleAlertIcon, uploadIcon } from '../../../ui/icons';
import { filesTexts } from './i18n';
import type { Upload } from './use-uploads';

function ConfirmSend({ files, onSend, onClose }: { files: File[]; onSend: () => void; onClose: () => void }) {
  const texts = useText(filesTexts);
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return (
    <Dialog
      title={texts.sendTitle(files.length)}
      onClose={onClose}
      onSubmit={onSend}
      footer={
        <>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" variant="primary" icon={uploadIcon}>
            {texts.send(weight(total))}
          </Button>
        </>
      }
    >
      <p>{texts.sendTotal(weight(total))}</p>
      <ul class="stack person-list">
        {files.map((file) => (
          <li key={file.name} class="row">
            <span class="grow ellipsis">{file.name}</span>
            <span class="muted tabular">{weight(file.size)}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

/** Choosing or dropping files shows their weight first; nothing leaves before the person says so. */
export function UploadZone({ onSend }: { onSend: (files: File[]) => void }) {
  const texts = useText(filesTexts);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [chosen, setChosen] = useState<File[]>([]);
  const choose = (list: FileList | null | undefined) => setChosen([...(list ?? [])]);
  return (
    // Dropping is one more way: the button inside does the same from the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      class={cx('drop-zone', over && 'drop-zone-over')}
      role="group"
      aria-label={texts.choose}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        choose(event.dataTransfer?.files);
      }}
    >
      <p class="muted">{texts.drop}</p>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={texts.choose}
        onInput={(event) => {
          choose(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      <Button icon={uploadIcon} onClick={() => input.current?.click()}>
        {texts.choose}
      </Button>
      {chosen.length > 0 && (
        <ConfirmSend
          files={chosen}
          onClose={() => setChosen([])}
          onSend={() => {
            onSend(chosen);
            setChosen([]);
          }}
        />
      )}
    </div>
  );
}

export function UploadList({ uploads }: { uploads: Upload[] }) {
  const texts = useText(filesTexts);
  if (uploads.length === 0) return null;
  return (
    <ul class="upload-list">
      {uploads.map((upload) => (
        <li key={upload.id} class="card upload">
          <span class="ellipsis">
            {upload.name} <span class="muted small">{weight(upload.size)}</span>
          </span>
          <Button
            small
            onClick={upload.stop}
            {...(!upload.problem && { 'aria-label': texts.stopOf(upload.name) })}
          >
            {upload.problem ? texts.dismiss : texts.stop}
          </Button>
          {upload.problem ? (
            <div class="field-error" role="alert">
              <Icon d={triangleAlertIcon} small />
              {upload.problem}
            </div>
          ) : (
            <ProgressBar label={texts.sending(upload.name)} value={upload.share} />
          )}
        </li>
      ))}
    </ul>
  );
}
