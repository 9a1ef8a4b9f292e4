import { useRef } from 'preact/hooks';
import { useLocation } from 'wouter';
import { useAction } from '../../../lib/action';
import { useText } from '../../../lib/i18n';
import { Button } from '../../../ui/button';
import { uploadIcon } from '../../../ui/icons';
import { documentTexts } from '../i18n';
import { importDocument, refreshTree } from '../queries';

/** A text file of another program becomes a page, and opens. */
export function ImportButton({ space }: { space: string }) {
  const texts = useText(documentTexts);
  const [, go] = useLocation();
  const chooser = useRef<HTMLInputElement>(null);
  const bring = useAction((file: File) => importDocument(space, file), {
    onDone: async (made) => {
      go(`/d/${made.id}`);
      await refreshTree(space);
    },
  });
  return (
    <>
      <Button
        icon={uploadIcon}
        busy={bring.busy}
        title={texts.bringHint}
        onClick={() => chooser.current?.click()}
      >
        {texts.bring}
      </Button>
      <input
        ref={chooser}
        type="file"
        accept=".md,.markdown,.docx,.odt"
        hidden
        aria-label={texts.bring}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file) bring.run(file);
        }}
      />
    </>
  );
}
