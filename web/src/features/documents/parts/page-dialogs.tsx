import { useState } from 'preact/hooks';
import { useLocation } from 'wouter';
import { useAction } from '../../../lib/action';
import type { DocumentEntry, DocumentTemplate } from '../../../lib/api/schema';
import { useText } from '../../../lib/i18n';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Banner } from '../../../ui/feedback';
import { TextField } from '../../../ui/field';
import { documentTexts } from '../i18n';
import { changeDocument, createDocument, refreshTree } from '../queries';

const templates: readonly DocumentTemplate[] = ['note', 'minutes', 'letter'];
const maxTitle = 200;

interface CreateProps {
  space: string;
  parent?: DocumentEntry | undefined;
  onClose: () => void;
}

export function CreateDialog({ space, parent, onClose }: CreateProps) {
  const texts = useText(documentTexts);
  const [, go] = useLocation();
  const [title, setTitle] = useState('');
  const [template, setTemplate] = useState<DocumentTemplate>();
  const create = useAction(
    () =>
      createDocument(space, {
        title: title.trim() === '' ? texts.untitled : title.trim(),
        ...(parent && { parent_id: parent.id }),
        ...(template && { template }),
      }),
    {
      quiet: true,
      onDone: async (made) => {
        go(`/d/${made.id}?modifier`);
        await refreshTree(space);
      },
    },
  );
  return (
    <Dialog
      title={parent ? texts.createUnder(parent.title) : texts.create}
      onClose={onClose}
      onSubmit={() => create.run(undefined)}
      footer={
        <Button variant="primary" type="submit" busy={create.busy}>
          {texts.add}
        </Button>
      }
    >
      <TextField
        label={texts.title}
        value={title}
        onValue={setTitle}
        maxLength={maxTitle}
        error={create.fieldError('title')}
      />
      <fieldset class="doc-templates">
        <legend class="field-label">{texts.template}</legend>
        {[undefined, ...templates].map((one) => (
          <label key={one ?? 'blank'} class="doc-template">
            <input
              type="radio"
              name="template"
              checked={template === one}
              onChange={() => setTemplate(one)}
            />
            {one ? texts[one] : texts.blank}
          </label>
        ))}
      </fieldset>
      {create.formError('title') && <Banner tone="danger">{create.formError('title')}</Banner>}
    </Dialog>
  );
}

export interface RenameProps {
  document: DocumentEntry;
  onClose: () => void;
}

export function RenameDialog({ document, onClose }: RenameProps) {
  const texts = useText(documentTexts);
  const [title, setTitle] = useState(document.title);
  const save = useAction(() => changeDocument(document.id, { title: title.trim() }), {
    quiet: true,
    onDone: onClose,
  });
  return (
    <Dialog
      title={texts.rename}
      onClose={onClose}
      onSubmit={() => save.run(undefined)}
      footer={
        <Button variant="primary" type="submit" busy={save.busy}>
          {texts.save}
        </Button>
      }
    >
      <TextField
        label={texts.title}
        value={title}
        onValue={setTitle}
        maxLength={maxTitle}
        error={save.problem}
      />
    </Dialog>
  );
}
