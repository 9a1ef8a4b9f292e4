import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import { dictionary, useText } from '../../lib/i18n';
import { lazyView } from '../../lib/lazy-view';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { externalLinkIcon, notebookPenIcon } from '../../ui/icons';
import { openNotes, readMeeting } from '../api';
import type { InsideProps } from '../inside';
import type { Panel } from '../panels';

const Editor = lazyView<{ document: string }>(() =>
  import('./notes-editor').then((module) => module.NotesEditor),
);

export const notesTexts = dictionary(
  {
    begin: 'Commencer le compte rendu',
    about:
      'Le compte rendu est un document de l’espace, écrit à plusieurs. Il reste après la visio, avec les mêmes droits.',
    title: (name: string) => `Compte rendu : ${name}`,
    tab: 'Ouvrir dans un onglet',
  },
  {
    begin: 'Begin the minutes',
    about:
      'The minutes are a document of the space, written together. It stays after the meeting, with the same rights.',
    title: (name: string) => `Minutes: ${name}`,
    tab: 'Open in a tab',
  },
);

/** The minutes, written in the meeting: the same document as in the space. */
function Notes({ inside: { meeting, onMeeting } }: InsideProps) {
  const texts = useText(notesTexts);
  const id = meeting?.id;
  const [known, setKnown] = useState(false);
  useEffect(() => {
    // Another may have begun them since one came in.
    if (!id) return;
    void readMeeting(id)
      .then(onMeeting, () => undefined)
      .finally(() => setKnown(true));
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id]);
  const begin = useAction(async () => {
    if (!meeting) return;
    const { document_id } = await openNotes(meeting.id, texts.title(meeting.name));
    onMeeting({ ...meeting, document_id });
  });
  const document = meeting?.document_id;
  if (!document)
    return (
      <div class="visio-panel-body stack">
        <p class="muted">{texts.about}</p>
        {known && (
          <Button variant="primary" busy={begin.busy} onClick={() => begin.run(undefined)}>
            {texts.begin}
          </Button>
        )}
      </div>
    );
  return (
    <div class="visio-notes">
      <p class="visio-about small">
        <a class="link row" href={`/d/${document}?modifier`} target="_blank" rel="noopener">
          <Icon d={externalLinkIcon} small />
          {texts.tab}
        </a>
      </p>
      <Editor key={document} document={document} />
    </div>
  );
}

export const notesPanel: Panel = {
  id: 'notes',
  words: dictionary({ name: 'Notes' }, { name: 'Notes' }),
  icon: notebookPenIcon,
  letter: 'n',
  place: 'wide',
  offered: ({ meeting }) => meeting !== undefined,
  View: Notes,
};
