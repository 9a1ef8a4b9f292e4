// Draws every page in both themes, wide and at 360 px, checks each with axe-core and for policy violations.
// `node e2e/screens.mjs <folder> [name]`; exits 1 when axe or the console has something to say.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startMock } from './mock/server.mjs';

const folder = process.argv[2] ?? 'screens';
const only = process.argv[3];
mkdirSync(folder, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const open = (role, name) => async (page) => page.getByRole(role, { name }).first().click();
const pages = [
  ['connexion', '/connexion'],
  ['invitation', '/invitation?token=abc'],
  ['accueil', '/'],
  [
    'palette',
    '/',
    async (page) => {
      await page.keyboard.press('Control+K');
      await page.keyboard.type('si', { delay: 20 });
      await page.waitForTimeout(400);
    },
  ],
  ['notifications', '/', open('button', /^Notifications/)],
  ['compte', '/', open('button', /^Mon compte/)],
  ['raccourcis', '/', async (page) => page.keyboard.press('?')],
  ['communautes', '/c'],
  ['nouvelle-communaute', '/c/nouvelle'],
  ['rejoindre', '/c', open('button', /^Demander à rejoindre/)],
  ['projets', '/p'],
  ['espace', '/c/simplification'],
  ['espace-fichiers', '/c/simplification/fichiers'],
  ['espace-membres', '/c/simplification/membres'],
  ['espace-ajouter', '/c/simplification/membres?ajouter=1'],
  ['espace-ouvrir', '/c/simplification/membres', open('button', /^Ouvrir aux externes/)],
  ['espace-parametres', '/c/simplification/parametres'],
  ['espace-transmettre', '/c/simplification/parametres', open('button', /^Transmettre/)],
  ['espace-non-membre', '/c/juristes'],
  ['espace-absent', '/c/inconnu'],
  ['profil', '/parametres'],
  ['affichage', '/parametres/affichage'],
  ['appareils', '/parametres/appareils'],
  ['mot-de-passe', '/parametres/mot-de-passe'],
  ['reseau', '/parametres/reseau'],
  ['admin-personnes', '/administration'],
  ['admin-administrations', '/administration/administrations'],
  ['admin-demandes', '/administration/demandes'],
  ['admin-journal', '/administration/journal'],
  ['sobriete', '/sobriete'],
  ['plan', '/plan'],
  ['accessibilite', '/a-propos/accessibilite'],
  ['introuvable', '/nulle-part'],
];

const { origin, stop } = await startMock();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--font-render-hinting=none',
    '--hide-scrollbars',
  ],
});
let faults = 0;
const fault = (text) => {
  faults += 1;
  console.log(text);
};
for (const [width, height, mark] of [
  [1440, 900, 'large'],
  [360, 740, 'mobile'],
]) {
  for (const theme of ['light', 'dark']) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      locale: 'fr-FR',
      timezoneId: 'Europe/Paris',
      serviceWorkers: 'block',
      reducedMotion: 'reduce',
    });
    for (const [name, path, act] of pages) {
      if (only && only !== name) continue;
      const page = await context.newPage();
      const label = `${name} ${mark} ${theme}`;
      page.on('console', (message) => {
        const text = message.text();
        if (message.type() === 'error' && !/WebSocket|401|404/.test(text))
          fault(`${label}: console: ${text.slice(0, 200)}`);
      });
      page.on('pageerror', (error) => fault(`${label}: ${error.message}`));
      try {
        await page.goto(origin + path, { waitUntil: 'networkidle' });
        if (act) await act(page);
        await page.waitForTimeout(250);
        await page.screenshot({ path: join(folder, `${name}-${mark}-${theme}.png`), fullPage: !act });
        await page.evaluate(axe);
        const violations = await page.evaluate(async () => {
          const result = await window.axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
          });
          return result.violations.map(
            (v) =>
              `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 140)} ${(v.nodes[0].any[0]?.message ?? '').slice(0, 140)}`,
          );
        });
        for (const violation of violations) fault(`${label}: ${violation}`);
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (wide > 0) fault(`${label}: ${wide} px wider than the window`);
      } catch (error) {
        fault(`${label}: ${String(error).split('\n')[0]}`);
      }
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
stop();
console.log(`${pages.length} pages, ${faults} faults`);
process.exit(faults > 0 ? 1 : 0);
