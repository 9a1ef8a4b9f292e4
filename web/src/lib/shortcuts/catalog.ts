import { dictionary } from '../i18n';

/** Every shortcut of the application, in one list: the help dialog and the handler both read it. */
export type ShortcutId =
  | 'palette'
  | 'help'
  | 'close'
  | 'go_home'
  | 'go_messages'
  | 'go_communities'
  | 'go_projects'
  | 'go_sobriety'
  | 'go_settings'
  | 'create_community'
  | 'create_project'
  | 'previous_room'
  | 'next_room';

export interface Shortcut {
  id: ShortcutId;
  /** Keys as shown; two letters mean one then the other. */
  keys: readonly string[];
  /** Single letters can be switched off (WCAG 2.1.4). */
  letters: boolean;
  path?: string;
}

export const shortcuts: readonly Shortcut[] = [
  { id: 'palette', keys: ['Ctrl', 'K'], letters: false },
  { id: 'help', keys: ['?'], letters: true },
  { id: 'close', keys: ['Échap'], letters: false },
  { id: 'go_home', keys: ['G', 'A'], letters: true, path: '/' },
  { id: 'go_messages', keys: ['G', 'M'], letters: true, path: '/messages' },
  { id: 'go_communities', keys: ['G', 'C'], letters: true, path: '/c' },
  { id: 'go_projects', keys: ['G', 'P'], letters: true, path: '/p' },
  { id: 'go_sobriety', keys: ['G', 'S'], letters: true, path: '/sobriete' },
  { id: 'go_settings', keys: ['G', 'R'], letters: true, path: '/parametres' },
  { id: 'create_community', keys: ['C', 'C'], letters: true, path: '/c/nouvelle' },
  { id: 'create_project', keys: ['C', 'P'], letters: true, path: '/p/nouveau' },
  { id: 'previous_room', keys: ['Alt', '↑'], letters: false },
  { id: 'next_room', keys: ['Alt', '↓'], letters: false },
];

export const shortcutTexts = dictionary(
  {
    palette: 'Rechercher ou lancer une action',
    help: 'Afficher les raccourcis clavier',
    close: 'Fermer ce qui est ouvert au-dessus',
    go_home: 'Aller à l’accueil',
    go_messages: 'Aller aux messages',
    go_communities: 'Aller aux communautés',
    go_projects: 'Aller aux projets',
    go_sobriety: 'Aller à la sobriété',
    go_settings: 'Aller aux paramètres',
    create_community: 'Créer une communauté',
    create_project: 'Créer un espace projet',
    previous_room: 'Conversation précédente',
    next_room: 'Conversation suivante',
  },
  {
    palette: 'Search or run an action',
    help: 'Show the keyboard shortcuts',
    close: 'Close what is open on top',
    go_home: 'Go to home',
    go_messages: 'Go to messages',
    go_communities: 'Go to communities',
    go_projects: 'Go to projects',
    go_sobriety: 'Go to data use',
    go_settings: 'Go to settings',
    create_community: 'Create a community',
    create_project: 'Create a project space',
    previous_room: 'Previous conversation',
    next_room: 'Next conversation',
  },
);
