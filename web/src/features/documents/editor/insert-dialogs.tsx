import type { Editor } from '@tiptap/core';
import { useState } from 'preact/hooks';
import { useAction } from '../../../lib/action';
import { contentPath, uploadFile } from '../../../lib/files/upload';
import { weight } from '../../../lib/format';
import { useText } from '../../../lib/i18n';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { ProgressBar } from '../../../ui/display';
import { Banner } from '../../../ui/feedback';
import { TextField } from '../../../ui/field';
import { documentTexts } from '../i18n';
import { linkTarget } from './blocks';

export function LinkDialog({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const texts = useText(documentTexts);
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
              {texts.linkRemove}
            </Button>
          )}
          <Button variant="primary" type="submit">
            {texts.apply}
          </Button>
        </>
      }
    >
      <TextField
        label={texts.linkAddress}
        hint={texts.linkHint}
        value={address}
        onValue={setAddress}
        error={wrong ? texts.linkWrong : undefined}
      />
    </Dialog>
  );
}

interface ImageProps {
  editor: Editor;
  space: string;
  file: File;
  onClose: () => void;
}

/** Says what the picture weighs before it goes anywhere, then puts it in the files of the space. */
export function ImageDialog({ editor, space, file, onClose }: ImageProps) {
  const texts = useText(documentTexts);
  const [alt, setAlt] = useState('');
  const [progress, setProgress] = useState(0);
  const send = useAction(() => uploadFile(space, file, setProgress), {
    quiet: true,
    onDone: (entry) => {
      onClose();
      editor
        .chain()
        .focus()
        .insertContent({ type: 'image', attrs: { src: contentPath(entry.id), alt, fileId: entry.id } })
        .run();
    },
  });
  return (
    <Dialog
      title={texts.imageTitle}
      onClose={onClose}
      onSubmit={() => send.run(undefined)}
      footer={
        <Button variant="primary" type="submit" busy={send.busy}>
          {texts.imageInsert(weight(file.size))}
        </Button>
      }
    >
      <p>{texts.imageDetail(file.name, weight(file.size))}</p>
      <TextField label={texts.imageAlt} hint={texts.imageAltHint} value={alt} onValue={setAlt} />
      {send.busy && <ProgressBar label={file.name} value={progress} />}
      {send.problem && <Banner tone="danger">{send.problem}</Banner>}
    </Dialog>
  );
}
