import { csrfToken, refusal, unreachable, type ApiError } from '../lib/api/client';
import { language } from '../lib/i18n';

/** The same session as the rest of the app: its cookie, and the token that proves the page is ours. */
export async function matrix<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  options: { query?: Record<string, string | number | undefined>; body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(options.query ?? {})) if (value !== undefined) search.set(key, String(value));
  const text = search.toString();
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language.get() };
  const request: RequestInit = { method, headers, credentials: 'same-origin' };
  if (method !== 'GET') headers['X-Parvis-CSRF'] = csrfToken();
  if (options.body instanceof Blob) {
    headers['Content-Type'] = options.body.type || 'application/octet-stream';
    request.body = options.body;
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    request.body = JSON.stringify(options.body);
  }
  if (options.signal) request.signal = options.signal;
  let response: Response;
  try {
    response = await fetch(`/_matrix${path}${text === '' ? '' : `?${text}`}`, request);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw matrixRefusal(response.status, body);
  return body as T;
}

/** Matrix errors carry a code and a sentence that the server already writes in the person's language. */
function matrixRefusal(status: number, body: unknown): ApiError {
  if (typeof body === 'object' && body !== null && 'errcode' in body && 'error' in body) {
    return refusal(status, { type: 'about:blank', title: String(body.error), code: String(body.errcode), status, trace: '' });
  }
  return refusal(status, body);
}

const segment = encodeURIComponent;

export const roomPath = (roomId: string, rest: string): string => `/client/v3/rooms/${segment(roomId)}${rest}`;

/** mxc://server/id → an address of this server. */
export function mediaUrl(mxc: string | undefined, thumbnail?: number): string | undefined {
  const found = /^mxc:\/\/([^/]+)\/([\w.~-]+)$/.exec(mxc ?? '');
  if (!found) return undefined;
  const [, server = '', id = ''] = found;
  const where = `${segment(server)}/${segment(id)}`;
  return thumbnail === undefined
    ? `/_matrix/client/v1/media/download/${where}`
    : `/_matrix/client/v1/media/thumbnail/${where}?width=${thumbnail}&height=${thumbnail}&method=scale`;
}
