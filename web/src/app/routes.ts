import type { ComponentType } from 'preact';

export interface RouteProps {
  params: Record<string, string | undefined>;
}

export interface AppRoute {
  /** Also the key of the route in budgets.json. */
  id: string;
  path: string;
  load: () => Promise<{ default: ComponentType<RouteProps> }>;
}

/** Every page of the application. Each is a chunk of its own, fetched when first opened. */
export const routes: readonly AppRoute[] = [
  { id: 'home', path: '/', load: () => import('../features/home') },
  { id: 'messages', path: '/messages/:room?', load: () => import('../features/messages') },
  { id: 'communities', path: '/c', load: () => import('../features/spaces/communities') },
  { id: 'new_community', path: '/c/nouvelle', load: () => import('../features/spaces/new-community') },
  { id: 'community', path: '/c/:slug/:tab?', load: () => import('../features/space/community') },
  { id: 'projects', path: '/p', load: () => import('../features/spaces/projects') },
  { id: 'new_project', path: '/p/nouveau', load: () => import('../features/spaces/new-project') },
  { id: 'project', path: '/p/:slug/:tab?', load: () => import('../features/space/project') },
  { id: 'document', path: '/d/:id', load: () => import('../features/documents') },
  { id: 'settings', path: '/parametres/:section?', load: () => import('../features/settings') },
  { id: 'administration', path: '/administration/:section?', load: () => import('../features/admin') },
  { id: 'sobriety', path: '/sobriete', load: () => import('../features/sobriety') },
  { id: 'site_map', path: '/plan', load: () => import('../features/site/map') },
  { id: 'about', path: '/a-propos/:page', load: () => import('../features/site/about') },
];
