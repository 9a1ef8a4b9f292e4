import { useAction } from '../../lib/action';
import { sentenceOf } from '../../lib/api/client';
import { dictionary, useText } from '../../lib/i18n';
import { Button } from '../../ui/button';
import { toast } from '../../ui/feedback';
import { notebookPenIcon } from '../../ui/icons';
import { openNotes } from '../api';
import type { InsideProps } from '../inside';
import type { Panel } from '../panels';
import { roomTexts } from '../room-texts';

const notesTexts = dictionary(
  {
    open: 'Ouvrir dans un onglet',
    about: 'Les notes de la visio sont un document de l’espace : elles restent après elle.',
  },
  {
    open: 'Open in a tab',
    about: 'The notes of the meeting are a document of the space: they stay after it.',
  },
);

function Notes({ inside: { meeting } }: InsideProps) {
  const texts = useText(roomTexts);
  const own = useText(notesTexts);
  const open = useAction(async () => {
    if (!meeting) return;
    const page = window.open('', '_blank');
    try {
      const { document_id } = await openNotes(meeting.id, texts.notesTitle(meeting.name));
      page?.location.replace(`/d/${document_id}?modifier`);
    } catch (error) {
      page?.close();
      toast(sentenceOf(error), { tone: 'danger' });
    }
  });
  return (
    <div class="visio-panel-body stack">
      <p class="small muted">{own.about}</p>
      <Button onClick={() => open.run(undefined)}>{own.open}</Button>
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
