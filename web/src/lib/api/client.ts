import { language } from '../i18n';
import type { Problem } from './schema';

const root = '/api/v1';

/** A refusal by the server (or no answer at all), with a sentence a person understands. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  readonly trace: string;
  readonly errors: NonNullable<Problem['errors']>;

  constructor(problem: Problem) {
    super(problem.title);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.field = problem.field;
    this.trace = problem.trace;
    this.errors = problem.errors ?? [];
  }
}

const sentences = {
  fr: {
    offline: 'Le serveur ne répond pas. Vérifiez votre connexion, puis réessayez.',
    broken: 'Le serveur a rencontré un problème. Réessayez dans un instant.',
  },
  en: {
    offline: 'The server does not answer. Check your connection, then try again.',
    broken: 'The server met a problem. Try again in a moment.',
  },
};

const made = (code: string, status: number, title: string): ApiError =>
  new ApiError({ type: 'about:blank', title, status, code, trace: '' });

let csrf = '';

/** The token that unsafe requests carry; known once the session is read. */
export function setCsrf(token: string): void {
  csrf = token;
}
export const csrfToken = (): string => csrf;

type Query = Record<string, string | number | undefined>;

export interface RequestOptions {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  /** Shown instead of the session: a guest's token. */
  bearer?: string;
}

export function apiPath(path: string, query?: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return `${root}${path}${text === '' ? '' : `?${text}`}`;
}

/** Turns the body of a refusal into an ApiError, also when something in between answered in its own words. */
export function refusal(status: number, body: unknown): ApiError {
  if (typeof body === 'object' && body !== null && 'title' in body && 'code' in body) {
    return new ApiError({ ...(body as Problem), status });
  }
  return made('server_error', status, sentences[language.get()].broken);
}

export const unreachable = (): ApiError => made('unreachable', 0, sentences[language.get()].offline);

async function call<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language.get() };
  const request: RequestInit = { method, headers, credentials: 'same-origin' };
  if (method !== 'GET') headers['X-Parvis-CSRF'] = csrf;
  if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    request.body = JSON.stringify(options.body);
  }
  if (options.signal) request.signal = options.signal;
  if (options.bearer !== undefined) headers['Authorization'] = `Bearer ${options.bearer}`;

  let response: Response;
  try {
    response = await fetch(apiPath(path, options.query), request);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  }
  if (response.status === 204) return undefined as T;
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal(response.status, body);
  return body as T;
}

export const api = {
  get: <T>(path: string, options?: RequestOptions) => call<T>('GET', path, options),
  post: <T>(path: string, body?: unknown) => call<T>('POST', path, { body: body ?? {} }),
  put: <T>(path: string, body: unknown) => call<T>('PUT', path, { body }),
  patch: <T>(path: string, body: unknown) => call<T>('PATCH', path, { body }),
  delete: <T = void>(path: string) => call<T>('DELETE', path),
};

/** The same for somebody without account, by what their token allows. */
export const apiWith = (bearer: string) => ({
  get: <T>(path: string) => call<T>('GET', path, { bearer }),
  post: <T>(path: string, body?: unknown) => call<T>('POST', path, { bearer, body: body ?? {} }),
  put: <T>(path: string, body: unknown) => call<T>('PUT', path, { bearer, body }),
});

/** The sentence to show for whatever was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof ApiError ? error.message : sentences[language.get()].broken;
}
