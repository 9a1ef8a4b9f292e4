// A stand-in for the server: serves dist/ with the product's security headers and answers the JSON contract from
// data.mjs. For screenshots and accessibility checks of the interface only.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import * as data from './data.mjs';

const dist = new URL('../../dist', import.meta.url).pathname;
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.json': 'application/json',
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
  "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types parvis";

const routes = [
  ['GET', /^\/session$/, () => data.me],
  [
    'POST',
    /^\/session$/,
    () => [401, problem(401, 'sign_in_wrong', 'L’adresse ou le mot de passe est incorrect.')],
  ],
  [
    'GET',
    /^\/invitation$/,
    () => ({ email: 'paul@exemple.fr', inviter: 'Claire Vasseur', spaces: ['Guichet unique 2027'] }),
  ],
  ['GET', /^\/home$/, () => data.home],
  [
    'GET',
    /^\/files\/recent$/,
    () => ({ files: data.files.map((file) => ({ ...file, space: data.spaces[0] })) }),
  ],
  [
    'GET',
    /^\/meter\/today$/,
    () => ({ bytes_in: 600_000, bytes_out: 2_800_000, reference_bytes: 50_000_000 }),
  ],
  [
    'GET',
    /^\/meter$/,
    (match, url) => data.meterReport(url.searchParams.get('from'), url.searchParams.get('to')),
  ],
  ['GET', /^\/notifications$/, () => data.notifications],
  ['POST', /^\/notifications\/read$/, () => null],
  [
    'GET',
    /^\/spaces\/templates$/,
    (match, url) => ({ templates: data.templates[url.searchParams.get('kind')] }),
  ],
  ['GET', /^\/spaces$/, (match, url) => ({ spaces: data.spaces.filter(wanted(url.searchParams)) })],
  ['POST', /^\/spaces$/, () => data.openSpace(data.spaces[0])],
  ['GET', /^\/spaces\/([^/]+)\/members$/, () => ({ members: data.members })],
  [
    'POST',
    /^\/spaces\/([^/]+)\/members$/,
    () => ({
      lines: [
        { address: 'a@b.fr', outcome: 'added', person: data.people[2] },
        {
          address: 'x@y.com',
          outcome: 'refused',
          problem: problem(403, 'closed', 'Cet espace n’est pas ouvert aux externes.'),
        },
      ],
    }),
  ],
  ['GET', /^\/spaces\/([^/]+)\/requests$/, () => ({ requests: data.requests })],
  ['GET', /^\/spaces\/([^/]+)\/rooms$/, () => ({ rooms: data.rooms })],
  [
    'GET',
    /^\/spaces\/([^/]+)\/files$/,
    (match, url) => ({
      files: url.searchParams.has('trash') ? [] : data.files,
      used_bytes: 185_000_000,
      quota_bytes: 5_000_000_000,
    }),
  ],
  [
    'GET',
    /^\/spaces\/([^/]+)$/,
    (match) => {
      const space = data.spaces.find((item) => item.slug === match[1] || item.id === match[1]);
      return space ? data.openSpace(space) : [404, problem(404, 'not_found', 'Cet espace n’existe pas.')];
    },
  ],
  ['GET', /^\/access\//, () => data.explanation],
  ['GET', /^\/devices$/, () => ({ devices: data.devices })],
  ['GET', /^\/people$/, () => ({ people: data.people })],
  [
    'GET',
    /^\/search$/,
    () => ({
      results: [
        {
          kind: 'file',
          id: 'f-1',
          title: data.files[0].name,
          excerpt: 'Simplification des démarches',
          link: '/c/simplification/fichiers',
        },
      ],
    }),
  ],
  ['GET', /^\/admin\/people$/, () => ({ people: data.adminPeople })],
  ['GET', /^\/admin\/administrations$/, () => ({ administrations: data.administrations })],
  [
    'GET',
    /^\/admin\/community-requests$/,
    () => ({ spaces: [{ ...data.openSpace(data.home.waiting[1].space), requester: data.people[2] }] }),
  ],
  ['GET', /^\/admin\/audit$/, () => ({ entries: data.audit })],
];

function wanted(search) {
  const kind = search.get('kind');
  const q = (search.get('q') ?? '').toLowerCase();
  return (space) =>
    (!kind || space.kind === kind) &&
    (!search.has('mine') || space.role) &&
    space.name.toLowerCase().includes(q);
}

function problem(status, code, title) {
  return { type: 'about:blank', title, status, code, trace: 't' };
}

function answer(request, response, url) {
  const path = url.pathname.replace('/api/v1', '');
  for (const [method, pattern, make] of routes) {
    const match = method === request.method && pattern.exec(path);
    if (!match) continue;
    const made = make(match.map(decodeURIComponent), url);
    const [status, body] = Array.isArray(made) ? made : [made === null ? 204 : 200, made];
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(body === null ? '' : JSON.stringify(body));
    return;
  }
  response.writeHead(404, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify(problem(404, 'not_found', 'Introuvable.')));
}

function serve(request, response, url) {
  let file = url.pathname;
  if (file === '/connexion' || file === '/invitation') file = '/connexion.html';
  else if (extname(file) === '') file = '/index.html';
  const path = join(dist, file);
  if (!path.startsWith(dist) || !existsSync(path)) {
    response.writeHead(404).end();
    return;
  }
  const compressed = existsSync(`${path}.br`) && /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
  const headers = {
    'Content-Type': types[extname(path)] ?? 'application/octet-stream',
    'Content-Security-Policy': policy,
  };
  if (compressed) headers['Content-Encoding'] = 'br';
  response.writeHead(200, headers);
  response.end(readFileSync(compressed ? `${path}.br` : path));
}

/** Starts on a free loopback port; answers its address and how to stop it. */
export function startMock(port = 0) {
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    request.resume();
    if (url.pathname.startsWith('/api/') || url.pathname.startsWith('/_matrix/'))
      answer(request, response, url);
    else serve(request, response, url);
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      resolve({ origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() });
    });
  });
}
