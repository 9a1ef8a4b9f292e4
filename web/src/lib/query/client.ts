import { ApiError } from '../api/client';
import { QueryCache } from './cache';

const firstGatewayError = 502;

/** The cache of this page. Refusals are final; a lost network or a server starting up is asked again. */
export const queryClient = new QueryCache({
  retry: (error) => error instanceof ApiError && (error.status === 0 || error.status >= firstGatewayError),
});

if (typeof addEventListener === 'function') addEventListener('online', () => queryClient.retryFailed());
