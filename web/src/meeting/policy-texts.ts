import { dictionary } from '../lib/i18n';

export const policyTexts = dictionary(
  {
    willWeigh: (mode: string, weight: string) =>
      `Vous recevrez : ${mode}. Au plus ${weight} par heure à quatre.`,
    enterLighter: 'Entrer plus léger',
    weighs: (mode: string, weight: string) => `${mode} : au plus ${weight} par heure.`,
    needImages: 'J’ai besoin des images',
    needImagesHint: 'Langue des signes, lecture labiale : aucun justificatif, personne n’en est informé.',
    exemptDone:
      'Vous gardez les images, quelle que soit l’heure. Ce choix se change dans Paramètres, Réseau.',
    urgentOption: (mode: string) => `${mode} (urgence)`,
    urgentTitle: 'Passer outre – urgent',
    urgent: 'Passer outre',
    urgentLead:
      'La politique réseau limite les images à cette heure. Dites en quelques mots pourquoi vous en avez besoin : le motif est noté au journal.',
    reason: 'Motif',
    reasonMissing: 'Donnez un motif.',
    soon: (time: string) => `À ${time}, la politique réseau limitera les images de cette visio.`,
    ended: 'La plage est finie : les images reviennent dans les deux minutes.',
    imagesNow: 'Tout de suite',
    urgentNow: (time: string) => `Vous passez outre la politique réseau jusqu’à ${time}.`,
    hide: 'Masquer ce message',
    mine: (rate: string, bytes: string) => `${rate} kbit/s · ${bytes}`,
    detail: (received: string, sent: string, meeting: string) =>
      `Pour moi : ${received} reçus, ${sent} envoyés. Toute la visio : ${meeting}.`,
  },
  {
    willWeigh: (mode: string, weight: string) =>
      `You will receive: ${mode}. At most ${weight} an hour for four.`,
    enterLighter: 'Enter lighter',
    weighs: (mode: string, weight: string) => `${mode}: at most ${weight} an hour.`,
    needImages: 'I need the images',
    needImagesHint: 'A signed language, lip reading: no proof is asked, nobody is told.',
    exemptDone: 'You keep the images, whatever the hour. Change it in Settings, Network.',
    urgentOption: (mode: string) => `${mode} (urgent)`,
    urgentTitle: 'Go beyond: urgent',
    urgent: 'Go beyond',
    urgentLead:
      'The network policy limits images at this hour. Say in a few words why you need them: the reason is written in the audit trail.',
    reason: 'Reason',
    reasonMissing: 'Give a reason.',
    soon: (time: string) => `At ${time} the network policy will limit the images of this meeting.`,
    ended: 'The window is over: the images come back within two minutes.',
    imagesNow: 'Right now',
    urgentNow: (time: string) => `You are beyond the network policy until ${time}.`,
    hide: 'Hide this message',
    mine: (rate: string, bytes: string) => `${rate} kbit/s · ${bytes}`,
    detail: (received: string, sent: string, meeting: string) =>
      `For me: ${received} received, ${sent} sent. The whole meeting: ${meeting}.`,
  },
);
