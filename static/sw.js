// Keeps versioned static files and the offline page: never a personal page, never an answer to htmx.
// The server writes the list; its addresses hold hashes, so that a release is a new worker.
'use strict';
const KEEP = __KEEP__;
const OFFLINE = KEEP.find(url => url.startsWith('/static/offline.html'));
const CACHE = 'kept-' + KEEP.map(url => url.split('?v=')[1]).join('').slice(-96);

// Only a file of exactly this version is kept: "immutable" says so. Else installing fails and is tried again later.
async function keep(cache, url) {
  const answer = await fetch(url, {cache: 'reload'});
  const isExact = answer.headers.get('cache-control')?.includes('immutable');
  if (!answer.ok || !isExact) throw new Error(url);
  await cache.put(url, answer);
}

async function install() {
  const cache = await caches.open(CACHE);
  await Promise.all(KEEP.map(url => keep(cache, url)));
  await self.skipWaiting();
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter(name => name !== CACHE).map(name => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener('install', event => event.waitUntil(install()));
self.addEventListener('activate', event => event.waitUntil(takeOver()));
self.addEventListener('fetch', event => {
  const {request} = event;
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate')
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  else if (new URL(request.url).pathname.startsWith('/static/'))
    event.respondWith(caches.match(request).then(kept => kept ?? fetch(request).catch(() => caches.match(request, {ignoreSearch: true}))));
});
