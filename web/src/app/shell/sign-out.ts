import { api } from '../../lib/api/client';
import { queryClient } from '../../lib/api/queries';

/** Ends the session on the server, forgets what this device kept, and leaves. */
export async function signOut(): Promise<void> {
  await api.delete('/session').catch(() => undefined);
  queryClient.clear();
  location.assign('/connexion');
}
