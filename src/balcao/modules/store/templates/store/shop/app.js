// The worker of one shop. Files whose address names their content come from here; menus, prices and baskets always from the shop itself.
const HOME = "{{ home }}";
const CACHE = `shell:${HOME}:{{ version }}`;
const KEPT = {{ kept | safe }};
const FRESH = {{ fresh | safe }};
const OFFLINE = `${HOME}/sem-conexao`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...KEPT, ...FRESH])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(`shell:${HOME}:`) && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

const kept = async (request) => (await caches.open(CACHE)).match(request);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const address = url.pathname + url.search;
  if (KEPT.includes(address)) event.respondWith(kept(address).then((found) => found ?? fetch(request)));
  else if (FRESH.includes(address)) event.respondWith(fetch(request).catch(async () => (await kept(address)) ?? Response.error()));
  else if (request.mode === "navigate" && (url.pathname === HOME || url.pathname.startsWith(`${HOME}/`))) event.respondWith(fetch(request).catch(async () => (await kept(OFFLINE)) ?? Response.error()));
});
