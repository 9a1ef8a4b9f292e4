// From the click on « Visio » to being in the meeting, in the web application with real Chromium: somebody is there already and films.
//   node bench/meetings/entry.mjs [entries, default 7]        needs web/dist and the packages of tests/journeys
// The first entry is with an empty cache. The door, where one looks at oneself before entering, is timed apart: the second click is the
// person's. `seen` is when the other's first image is there.
import { createRequire } from 'node:module';

const tests = new URL('../../tests/journeys/', import.meta.url);
const { chromium } = createRequire(tests)('@playwright/test');
const { startServer } = await import(new URL('house.mjs', tests));

const entries = Number(process.argv[2] ?? 7);
const limit_ms = 2000;
const devices = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const server = await startServer();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', ...devices],
});

async function signIn(email) {
  const page = await (await browser.newContext({ baseURL: server.url })).newPage();
  await page.goto('/connexion');
  await page.getByLabel('Adresse électronique professionnelle').fill(email);
  await page.getByLabel('Mot de passe', { exact: true }).fill(server.password);
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/connexion'));
  return page;
}
const enter = (page) => page.getByRole('button', { name: 'Entrer dans la visio' });
const others = (page) => page.waitForFunction(() => [...document.querySelectorAll('.visio-tile video')].some((video) => video.videoWidth > 0));

const ada = await signIn('ada.martin@interieur.test');
const space = await ada.evaluate(async () => {
  const { csrf } = await (await fetch('/api/v1/session')).json();
  const body = { kind: 'project', name: 'Réunion', description: '', template: 'project', visibility: 'open', joining: 'free' };
  const answer = await fetch('/api/v1/spaces', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Parvis-CSRF': csrf },
    body: JSON.stringify({ ...body, members: 'bruno.petit@interieur.test' }),
  });
  return answer.json();
});
await ada.goto(`/p/${space.slug}/visio`);
await enter(ada).click();
await ada.getByRole('switch', { name: 'Caméra' }).check();
await enter(ada).click();
await others(ada);

const taken = { door: [], in: [], seen: [] };
const bruno = await signIn('bruno.petit@interieur.test');
for (let i = 0; i < entries; i += 1) {
  await bruno.goto(`/p/${space.slug}/visio`);
  await enter(bruno).waitFor();
  let since = performance.now();
  await enter(bruno).click();
  await bruno.getByRole('switch', { name: 'Caméra' }).waitFor();
  await enter(bruno).waitFor();
  taken.door.push(performance.now() - since);
  since = performance.now();
  await enter(bruno).click();
  await bruno.getByRole('toolbar').waitFor();
  taken.in.push(performance.now() - since);
  await others(bruno);
  taken.seen.push(performance.now() - since);
  await bruno.goto('/');
}
await browser.close();
await server.stop();

const show = (label, values) => {
  const sorted = [...values.slice(1)].sort((a, b) => a - b);
  const [median, worst] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  console.log(`${label.padEnd(44)} first ${values[0].toFixed(0).padStart(5)} ms   then ${median.toFixed(0).padStart(5)} ms, at most ${worst.toFixed(0).padStart(5)} ms`);
};
const whole = taken.door.map((door, i) => door + taken.seen[i]);
show('click on Visio to the door', taken.door);
show('click at the door to the room', taken.in);
show('click at the door to the first image', taken.seen);
show('both', whole);
console.log(`to reach: ${limit_ms} ms; first ${(whole[0] / limit_ms).toFixed(2)}, then ${(whole.slice(1).sort((a, b) => a - b)[Math.floor((entries - 1) / 2)] / limit_ms).toFixed(2)} of it`);
