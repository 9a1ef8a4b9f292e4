import { dictionary } from '../../lib/i18n';

export const meetingsTexts = dictionary(
  {
    title: 'Visio',
    lead: 'Une salle permanente : le même lien à chaque fois, avec les droits de l’espace.',
    start: 'Entrer dans la visio',
    weight: 'Ouvrir la salle télécharge environ 160 ko ; une heure d’écoute, environ 18 Mo.',
    rooms: 'Salles de l’espace',
    live: (count: number) => (count === 1 ? '1 personne présente' : `${count} personnes présentes`),
    quiet: 'Personne pour l’instant',
    locked: 'Verrouillée',
    none: 'Aucune salle encore. La première s’ouvre en entrant.',
  },
  {
    title: 'Meetings',
    lead: 'A standing room: the same link each time, with the rights of the space.',
    start: 'Enter the meeting',
    weight: 'Opening the room downloads about 160 KB; an hour of listening, about 18 MB.',
    rooms: 'Rooms of the space',
    live: (count: number) => (count === 1 ? '1 person there' : `${count} people there`),
    quiet: 'Nobody for now',
    locked: 'Locked',
    none: 'No room yet. The first one opens when somebody enters.',
  },
);
