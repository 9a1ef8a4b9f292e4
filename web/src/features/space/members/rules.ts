import type { Role, Space } from '../../../lib/api/schema';

/** An agent may hold any of these. */
export const agentRoles: Role[] = ['animator', 'contributor', 'visitor'];
/** A person from outside never animates. */
export const externalRoles: Role[] = ['contributor', 'visitor', 'guest'];

/** A space that every agent reads cannot also let outsiders in: it must first be closed or secret. */
export const mayOpenToExternals = (space: Space): boolean =>
  space.may.includes('space_open_to_externals') &&
  !space.open_to_externals &&
  space.visibility !== 'open' &&
  space.state === 'active';
