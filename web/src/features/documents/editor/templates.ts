import type { JSONContent } from '@tiptap/core';
import type { DocumentTemplate } from '../../../lib/api/schema';
import { dictionary, textNow } from '../../../lib/i18n';

const words = dictionary(
  {
    purpose: 'Objet',
    context: 'Contexte',
    analysis: 'Analyse',
    proposal: 'Proposition',
    present: 'Présents',
    excused: 'Excusés',
    agenda: 'Ordre du jour',
    decisions: 'Décisions',
    actions: 'Actions à mener',
    action: 'Action, responsable, échéance',
    sender: 'Expéditeur',
    recipient: 'Destinataire',
    greeting: 'Madame, Monsieur,',
    closing: 'Je vous prie d’agréer, Madame, Monsieur, l’expression de ma considération distinguée.',
  },
  {
    purpose: 'Purpose',
    context: 'Context',
    analysis: 'Analysis',
    proposal: 'Proposal',
    present: 'Present',
    excused: 'Apologies',
    agenda: 'Agenda',
    decisions: 'Decisions',
    actions: 'Actions',
    action: 'Action, person in charge, date',
    sender: 'Sender',
    recipient: 'Recipient',
    greeting: 'Dear Sir or Madam,',
    closing: 'Yours faithfully,',
  },
);

const paragraph = (text = ''): JSONContent =>
  text === '' ? { type: 'paragraph' } : { type: 'paragraph', content: [{ type: 'text', text }] };
const part = (title: string, ...content: JSONContent[]): JSONContent[] => [
  { type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: title }] },
  ...(content.length > 0 ? content : [paragraph()]),
];
const list = (type: string, item: string, text = ''): JSONContent => ({
  type,
  content: [{ type: item, content: [paragraph(text)] }],
});

/** What a new page starts with, in the language of whoever makes it. */
export function templateContent(template: DocumentTemplate): JSONContent[] {
  const texts = textNow(words);
  switch (template) {
    case 'note':
      return [texts.purpose, texts.context, texts.analysis, texts.proposal].flatMap((title) => part(title));
    case 'minutes':
      return [
        ...part(texts.present, list('bulletList', 'listItem')),
        ...part(texts.excused, list('bulletList', 'listItem')),
        ...part(texts.agenda, list('orderedList', 'listItem')),
        ...part(texts.decisions),
        ...part(texts.actions, list('taskList', 'taskItem', texts.action)),
      ];
    case 'letter':
      return [
        ...part(texts.sender),
        ...part(texts.recipient),
        ...part(texts.purpose),
        paragraph(texts.greeting),
        paragraph(),
        paragraph(texts.closing),
      ];
  }
}

export function templateNamed(name: string | null): DocumentTemplate | undefined {
  return name === 'note' || name === 'minutes' || name === 'letter' ? name : undefined;
}
