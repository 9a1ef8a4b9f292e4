// Invented people and spaces for screenshots and browser checks of the interface. Never part of the product.
const now = Date.now();
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const person = (id, name, title, administration, kind = 'agent') => ({
  id,
  name,
  matrix_id: `@${name
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .replace(/[^a-z]+/g, '.')}:parvis.test`,
  kind,
  administration,
  title,
});

export const claire = person('p-claire', 'Claire Vasseur', 'Cheffe de projet', 'DITP');
const idriss = person('p-idriss', 'Idriss Benali', 'Chargé de mission', 'DITP');
const maelle = person('p-maelle', 'Maëlle Le Goff', 'Juriste', 'DGAFP');
const thomas = person('p-thomas', 'Thomas Roussel', 'Adjoint au préfet', 'Préfecture 35');
const aicha = person('p-aicha', 'Aïcha Diop', 'Responsable d’accueil', 'DGFiP');
const paul = person('p-paul', 'Paul Nguyen', 'Consultant', undefined, 'external');

export const me = {
  person: {
    ...claire,
    email: 'claire.vasseur@exemple.gouv.fr',
    given_name: 'Claire',
    family_name: 'Vasseur',
    phone: '',
  },
  instance_role: 'administrator',
  language: 'fr',
  csrf: 'csrf',
  session: 's1',
  device_id: 'DEV',
  server_name: 'parvis.test',
  instance_name: 'Parvis',
  may: [
    'community_create',
    'community_request',
    'community_decide',
    'project_create',
    'directory_search',
    'person_see',
    'direct_message',
    'person_manage',
    'administration_manage',
    'audit_read',
    'statistics_read',
  ],
};

const space = (id, kind, slug, name, more = {}) => ({
  id,
  kind,
  slug,
  name,
  visibility: 'open',
  joining: 'approval',
  state: 'active',
  member_count: 24,
  ...more,
});

export const spaces = [
  space('s-1', 'community', 'simplification', 'Simplification des démarches', {
    role: 'animator',
    member_count: 124,
  }),
  space('s-2', 'community', 'achats', 'Achats et territoires', {
    role: 'contributor',
    member_count: 58,
    joining: 'free',
  }),
  space('s-3', 'community', 'conseillers', 'Réseau des conseillers numériques de France services', {
    role: 'visitor',
    visibility: 'closed',
  }),
  space('s-4', 'community', 'accueil', 'Accueil des usagers', { requested: true }),
  space('s-5', 'community', 'teletravail', 'Télétravail et organisation', {
    joining: 'free',
    member_count: 212,
  }),
  space('s-6', 'community', 'audit-interne', 'Audit interne', {
    visibility: 'closed',
    joining: 'invitation',
    member_count: 1,
  }),
  space('s-7', 'community', 'juristes', 'Juristes du secrétariat général', {}),
  space('s-8', 'project', 'guichet-unique', 'Guichet unique 2027', {
    role: 'animator',
    member_count: 9,
    visibility: 'closed',
  }),
  space('s-9', 'project', 'migration', 'Migration du parc d’imprimantes', {
    role: 'contributor',
    member_count: 4,
    state: 'archived',
  }),
];

const allActions = [
  'space_see',
  'space_read',
  'space_update',
  'space_archive',
  'space_open_to_externals',
  'space_duplicate',
  'space_hand_over',
  'member_list',
  'member_add',
  'member_invite_external',
  'member_set_role',
  'member_remove',
  'request_decide',
  'access_explain',
  'room_list',
  'message_read',
  'file_list',
  'file_read',
  'file_add',
];

export function openSpace(brief) {
  const member = brief.role !== undefined;
  return {
    ...brief,
    description:
      'Pour celles et ceux qui rendent les démarches plus simples : formulaires, pièces justificatives, accueil.\nOn y partage les retours du terrain et les projets de textes.',
    template: 'community',
    open_to_externals: brief.id === 's-8',
    created_at: now - 90 * day,
    animators: [claire, idriss],
    may:
      brief.role === 'animator'
        ? allActions
        : member
          ? ['space_read', 'member_list', 'room_list', 'message_read', 'file_list', 'file_read']
          : [],
    request_count: brief.role === 'animator' ? 2 : undefined,
  };
}

const file = (id, name, type, size, author, age, preview = false) => ({
  id,
  name,
  type,
  size,
  created_at: now - age,
  author,
  preview,
  may: ['file_delete', 'file_restore'],
});

export const files = [
  file(
    'f-1',
    'Note de synthèse, accueil des usagers.pdf',
    'application/pdf',
    842_000,
    idriss,
    12 * minute,
    true,
  ),
  file(
    'f-2',
    'Tableau de suivi des expérimentations.ods',
    'application/vnd.oasis.opendocument.spreadsheet',
    64_300,
    maelle,
    5 * hour,
  ),
  file('f-3', 'schema-article-4.avif', 'image/avif', 84_000, thomas, day, true),
  {
    ...file('f-4', 'Captation de la conférence régionale.mp4', 'video/mp4', 184_000_000, aicha, 3 * day),
    room_id: '!r1:parvis.test',
  },
];

export const members = [
  { person: claire, role: 'animator', since: now - 90 * day },
  { person: idriss, role: 'animator', since: now - 90 * day },
  { person: maelle, role: 'contributor', since: now - 60 * day },
  { person: thomas, role: 'contributor', since: now - 30 * day },
  { person: aicha, role: 'visitor', since: now - 12 * day },
  { person: paul, role: 'guest', since: now - 2 * day, pending: true },
];

export const requests = [
  { person: thomas, message: 'Je coordonne l’accueil dans trois sous-préfectures.', at: now - 40 * minute },
  { person: aicha, message: '', at: now - day },
];

export const home = {
  waiting: [
    {
      kind: 'join_request',
      space: spaces[0],
      person: thomas,
      message: requests[0].message,
      at: now - 40 * minute,
    },
    {
      kind: 'community_request',
      space: space('s-10', 'community', 'mobilite', 'Mobilité douce', { state: 'requested' }),
      person: maelle,
      at: now - 3 * hour,
    },
    { kind: 'invitation', space: spaces[5], person: idriss, at: now - day },
  ],
  spaces: spaces.filter((item) => item.role && item.state === 'active'),
};

export const notifications = {
  unread: 2,
  notifications: [
    {
      id: 9,
      kind: 'join_request',
      at: now - 40 * minute,
      read: false,
      actor: thomas,
      space: spaces[0],
      text: 'Thomas Roussel demande à rejoindre l’espace.',
      link: '/c/simplification/membres',
    },
    {
      id: 8,
      kind: 'file_added',
      at: now - 5 * hour,
      read: false,
      actor: maelle,
      space: spaces[0],
      text: 'Maëlle Le Goff a déposé « Tableau de suivi des expérimentations.ods ».',
      link: '/c/simplification/fichiers',
    },
    {
      id: 7,
      kind: 'member_added',
      at: now - 2 * day,
      read: true,
      actor: idriss,
      space: spaces[7],
      text: 'Idriss Benali vous a ajoutée à l’espace.',
      link: '/p/guichet-unique',
    },
  ],
};

export const rooms = [
  { room_id: '!r1:parvis.test', name: 'Général', topic: 'Pour tout et pour tous', kind: 'salon' },
  { room_id: '!r2:parvis.test', name: 'guichet-unique', topic: 'Cadrage et calendrier', kind: 'salon' },
];

export const devices = [
  {
    id: 'd1',
    device_id: 'A',
    name: 'Firefox sur Linux',
    kind: 'web',
    created_at: now - 3 * day,
    last_seen_at: now,
    network: '10.12.0.0/16',
    current: true,
  },
  {
    id: 'd2',
    device_id: 'B',
    name: 'Element sur Android',
    kind: 'matrix',
    created_at: now - 40 * day,
    last_seen_at: now - 5 * hour,
    network: '92.184.0.0/16',
    current: false,
  },
];

const iso = (at) => new Date(at).toISOString().slice(0, 10);

export function meterReport(from, to) {
  const lines = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += day) {
    const seed = Math.abs(Math.sin(at / day)) + 0.1;
    for (const [tool, weight] of [
      ['fichiers', 9e6],
      ['messages', 1.4e6],
      ['application', 3e5],
      ['spaces', 2e5],
    ]) {
      for (const hourOfDay of [8, 9, 10, 11, 14, 15, 16, 17]) {
        const bytes = Math.round(weight * seed * (1 + (hourOfDay % 5)) * 0.2);
        lines.push({
          day: iso(at),
          hour: hourOfDay,
          tool,
          traffic: tool === 'fichiers' ? 'bulk' : 'interactive',
          path: 'internal',
          bytes_in: Math.round(bytes / 6),
          bytes_out: bytes,
        });
      }
    }
  }
  return { from, to, lines };
}

export const people = [claire, idriss, maelle, thomas, aicha, paul];
export const adminPeople = people.map((item, index) => ({
  ...item,
  email: `${item.id.slice(2)}@exemple.gouv.fr`,
  given_name: item.name.split(' ')[0],
  family_name: item.name.split(' ')[1],
  state: item.kind === 'external' ? 'invited' : 'active',
  instance_role: index === 0 ? 'administrator' : 'none',
  created_at: now - index * 9 * day,
}));

export const administrations = [
  {
    id: 'a1',
    name: 'Direction interministérielle de la transformation publique',
    short_name: 'DITP',
    domains: ['ditp.exemple.gouv.fr'],
  },
  {
    id: 'a2',
    name: 'Direction générale des finances publiques',
    short_name: 'DGFiP',
    domains: ['dgfip.exemple.gouv.fr', 'finances.exemple.gouv.fr'],
  },
];

export const audit = [
  {
    position: 41,
    at: now - 12 * minute,
    kind: 'member.added',
    actor: idriss,
    space: { id: 's-1', name: spaces[0].name },
    subject: 'p-thomas',
    rule: 'animator-manages-members',
    sentence: 'Idriss Benali a ajouté Thomas Roussel.',
  },
  {
    position: 40,
    at: now - 2 * hour,
    kind: 'session.opened',
    actor: claire,
    subject: 'p-claire',
    rule: 'password',
    sentence: 'Claire Vasseur s’est connectée.',
  },
];

const template = (id, kind, name, description, list, visibility = 'open') => ({
  id,
  kind,
  name,
  description,
  visibility,
  joining: 'approval',
  rooms: list,
});
export const templates = {
  community: [
    template(
      'community',
      'community',
      'Communauté de pratique',
      'Un métier, des questions, des retours d’expérience.',
      ['Général', 'Entraide'],
    ),
    template(
      'network',
      'community',
      'Réseau de correspondants',
      'Des correspondants dans chaque service, des annonces et des fichiers.',
      ['Annonces', 'Général'],
      'closed',
    ),
  ],
  project: [
    template(
      'project',
      'project',
      'Projet',
      'Une équipe, une échéance, des livrables.',
      ['Général', 'Livrables'],
      'closed',
    ),
    template(
      'event',
      'project',
      'Événement',
      'Préparer une journée, de l’invitation au compte rendu.',
      ['Organisation', 'Communication'],
      'closed',
    ),
  ],
};

export const explanation = {
  action: 'space_read',
  everyone: {
    rule: 'open-space',
    sentence: 'Cet espace est ouvert : tous les agents peuvent en lire le contenu.',
  },
  people: members.map(({ person: who, role }) => ({
    person: who,
    role,
    rule: 'member',
    sentence: 'Membre de cet espace.',
  })),
};
