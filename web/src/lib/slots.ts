import type { ComponentType } from 'preact';
import type { Space } from './api/schema';

/**
 * Where one tool shows inside another: features never import each other, so the place is filled here,
 * and the filling is fetched only when its tab opens.
 */
export const discussionSlot = (): Promise<ComponentType<{ space: Space }>> =>
  import('../features/messages/space-discussion').then((module) => module.default);

export const meetingsSlot = (): Promise<ComponentType<{ space: Space }>> =>
  import('../features/meetings/meetings-tab').then((module) => module.default);

export const documentsSlot = (): Promise<ComponentType<{ space: Space }>> =>
  import('../features/documents/documents-tab').then((module) => module.default);
