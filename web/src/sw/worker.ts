/// <reference lib="webworker" />
// The service worker: keeps the shell so that a later visit costs no asset bytes and opens without a network.
// It never touches /api, /_matrix or uploads. No imports: it is one file, served at /sw.js without a hash.
export {};

declare const self: ServiceWorkerGlobalScope;

/** Filled by the build: the files of the shell, and a name for this build. */
const shell = JSON.parse('__SHELL__') as string[];
const cacheName = 'parvis-__VERSION__';
const page = '/';
const networkPatienceMs = 3_000;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll([page, ...shell]))
      .then(() => self.skipWaiting()),
  );
});

/** The previous build's assets stay as long as a page of that build may still ask for them: one release. */
self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith('parvis-') && name !== cacheName).sort())
      .then((old) => Promise.all(old.slice(0, -1).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

async function fromCacheFirst(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) {
    const cache = await caches.open(cacheName);
    await cache.put(request, response.clone());
  }
  return response;
}

async function fromNetworkFirst(request: Request): Promise<Response> {
  const kept = await caches.match(page);
  if (!kept) return fetch(request);
  const slow = new Promise<Response>((resolve) => setTimeout(() => resolve(kept.clone()), networkPatienceMs));
  return Promise.race([fetch(request).catch(() => kept.clone()), slow]);
}

const outside = /^\/(api|_matrix|\.well-known|connexion|invitation|visio|sw\.js)(\/|$)/;

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || outside.test(url.pathname)) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(fromCacheFirst(request));
  else if (request.mode === 'navigate') event.respondWith(fromNetworkFirst(request));
});
