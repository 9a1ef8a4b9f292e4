import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, api, apiPath, sentenceOf, setCsrf } from './client';

const answer = (status: number, body: unknown) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status });
afterEach(() => vi.unstubAllGlobals());

function stubFetch(make: () => Promise<Response>) {
  const fetcher = vi.fn((path: string, options: RequestInit) => {
    void path;
    void options;
    return make();
  });
  vi.stubGlobal('fetch', fetcher);
  return fetcher;
}

describe('api', () => {
  it('carries the token on unsafe methods only', async () => {
    setCsrf('token');
    const fetcher = stubFetch(() => Promise.resolve(answer(200, {})));
    await api.get('/home');
    await api.post('/spaces', { name: 'x' });
    const headers = fetcher.mock.calls.map(([, options]) => options.headers as Record<string, string>);
    expect(headers[0]?.['X-Parvis-CSRF']).toBeUndefined();
    expect(headers[1]?.['X-Parvis-CSRF']).toBe('token');
  });

  it('turns a refusal into the server’s sentence, with its field', async () => {
    stubFetch(() =>
      Promise.resolve(
        answer(409, {
          type: 'about:blank',
          title: 'Ce nom est pris.',
          status: 409,
          code: 'space_name_taken',
          field: 'name',
          trace: 't',
        }),
      ),
    );
    const error: unknown = await api.post('/spaces', {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 409, code: 'space_name_taken', field: 'name' });
    expect(sentenceOf(error)).toBe('Ce nom est pris.');
  });

  it('says so when nobody answers, or something else does', async () => {
    stubFetch(() => Promise.reject(new TypeError('network')));
    await expect(api.get('/home')).rejects.toMatchObject({ status: 0, code: 'unreachable' });
    stubFetch(() => Promise.resolve(new Response('<html>', { status: 502 })));
    await expect(api.get('/home')).rejects.toMatchObject({ status: 502, code: 'server_error' });
  });

  it('answers nothing for 204', async () => {
    stubFetch(() => Promise.resolve(new Response(null, { status: 204 })));
    await expect(api.delete('/session')).resolves.toBeUndefined();
  });

  it('leaves empty parameters out', () => {
    expect(apiPath('/spaces', { q: '', kind: 'project', after: undefined })).toBe(
      '/api/v1/spaces?kind=project',
    );
  });
});
