import type { Joining, Role, SpaceKind, Visibility } from '../api/schema';
import { dictionary, plural } from '../i18n';

interface SpaceWords {
  kind: Record<SpaceKind, string>;
  role: Record<Role, string>;
  roleDetail: Record<Role, string>;
  visibility: Record<Visibility, string>;
  visibilityDetail: Record<Visibility, string>;
  joining: Record<Joining, string>;
  joiningDetail: Record<Joining, string>;
  members: (count: number) => string;
  external: string;
  requested: string;
  refused: string;
  archived: string;
}

/** One word per concept, the same everywhere. */
export const spaceWords = dictionary<SpaceWords>(
  {
    kind: { community: 'Communauté', project: 'Espace projet' },
    role: { animator: 'Animateur', contributor: 'Contributeur', visitor: 'Visiteur', guest: 'Invité' },
    roleDetail: {
      animator: 'Gère les membres et les réglages.',
      contributor: 'Écrit et dépose des fichiers.',
      visitor: 'Lit tout, sans écrire.',
      guest: 'Personne externe : ne voit que cet espace.',
    },
    visibility: { open: 'Ouvert', closed: 'Fermé', secret: 'Secret' },
    visibilityDetail: {
      open: 'Tous les agents trouvent cet espace et lisent son contenu.',
      closed: 'Tous les agents le trouvent ; seuls ses membres lisent son contenu.',
      secret: 'Seuls ses membres savent qu’il existe : il n’apparaît dans aucune recherche.',
    },
    joining: { free: 'Entrée libre', approval: 'Sur validation', invitation: 'Sur invitation' },
    joiningDetail: {
      free: 'Chaque agent entre de lui-même.',
      approval: 'Chaque agent demande ; un animateur décide.',
      invitation: 'Seuls les animateurs font entrer.',
    },
    members: (n) => plural(n, 'membre', 'membres'),
    external: 'Externe',
    requested: 'En attente de validation',
    refused: 'Refusé',
    archived: 'Archivé',
  },
  {
    kind: { community: 'Community', project: 'Project space' },
    role: { animator: 'Animator', contributor: 'Contributor', visitor: 'Visitor', guest: 'Guest' },
    roleDetail: {
      animator: 'Manages members and settings.',
      contributor: 'Writes and adds files.',
      visitor: 'Reads everything, writes nothing.',
      guest: 'External person: sees this space only.',
    },
    visibility: { open: 'Open', closed: 'Closed', secret: 'Secret' },
    visibilityDetail: {
      open: 'Every agent finds this space and reads its content.',
      closed: 'Every agent finds it; only its members read its content.',
      secret: 'Only its members know it exists: no search ever shows it.',
    },
    joining: { free: 'Free entry', approval: 'On approval', invitation: 'By invitation' },
    joiningDetail: {
      free: 'Each agent enters freely.',
      approval: 'Each agent asks; an animator decides.',
      invitation: 'Only animators bring people in.',
    },
    members: (n) => plural(n, 'member', 'members'),
    external: 'External',
    requested: 'Waiting for approval',
    refused: 'Refused',
    archived: 'Archived',
  },
);
