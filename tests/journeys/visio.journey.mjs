// A meeting of a space in the web app: members and a guest without account, by keyboard alone for one of them.
import { expect, test } from '@playwright/test';
import { startServer, Visitor } from './house.mjs';

test.describe.configure({ mode: 'serial' });

let server, ada, bruno, guest, everyone, space;

test.beforeAll(async ({ browser }, info) => {
  server = await startServer();
  const open = (name) => Visitor.open(browser, server, info.project.metadata, name);
  everyone = [ada, bruno, guest] = await Promise.all(['ada', 'bruno', 'guest'].map(open));
  await ada.signIn('ada.martin@interieur.test');
  await bruno.signIn('bruno.petit@interieur.test');
  space = await ada.page.evaluate(async () => {
    const { csrf } = await (await fetch('/api/v1/session')).json();
    const headers = { 'Content-Type': 'application/json', 'X-Parvis-CSRF': csrf };
    const body = JSON.stringify({
      kind: 'project', name: 'Télétravail', description: '', template: 'project', visibility: 'closed', joining: 'invitation',
      members: 'bruno.petit@interieur.test',
    });
    return (await fetch('/api/v1/spaces', { method: 'POST', headers, body })).json();
  });
});

test.afterAll(async () => {
  for (const visitor of everyone ?? []) await visitor.context.close();
  await server?.stop();
});

test.afterEach(() => {
  for (const visitor of everyone) expect.soft(visitor.faults.splice(0), visitor.name).toEqual([]);
});

const tileOf = (visitor, name) => visitor.page.locator('.visio-tile', { hasText: name });
const control = (visitor, name) => visitor.page.getByRole('toolbar').getByRole('button', { name });
/** A command of the bar, which a phone has in its menu. */
const use = async (visitor, name) => {
  if (visitor.width > 500) return control(visitor, name).click();
  await control(visitor, 'Autres commandes').click();
  await visitor.page.getByRole('menuitem', { name }).click();
};
const closePanel = (visitor) => visitor.page.getByRole('complementary').getByRole('button', { name: 'Fermer' }).click();

test('one clicks Visio in the space, looks at the camera, and is in', async () => {
  const { page } = ada;
  await page.goto(`/p/${space.slug}/visio`);
  await ada.inspect('visio-onglet');
  await page.getByRole('button', { name: 'Entrer dans la visio' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Télétravail');
  await page.getByRole('switch', { name: 'Caméra' }).check();
  await page.getByRole('switch', { name: 'Micro' }).check();
  await expect(page.getByLabel('Niveau du micro')).toBeVisible();
  await ada.inspect('visio-porte');
  await page.getByText('Tester le son et la liaison').click();
  await page.getByRole('button', { name: 'Tester ma liaison' }).click();
  await expect(page.getByText(/(UDP|TCP), aller-retour \d+/)).toBeVisible();
  await ada.inspect('visio-porte-test');
  await page.getByRole('button', { name: 'Entrer dans la visio' }).click();
  await expect(tileOf(ada, 'Ada Martin').locator('video')).toBeVisible();
  await expect(control(ada, 'Couper le micro')).toBeVisible();
});

test('by keyboard alone another enters, sees, raises a hand, speaks and mutes', async () => {
  const { page, keyboard } = bruno;
  await page.goto(new URL(ada.page.url()).pathname);
  await keyboard.press(page.getByRole('button', { name: 'Entrer dans la visio' }));
  await expect(tileOf(bruno, 'Ada Martin').locator('video')).toBeVisible();
  await expect.poll(() => tileOf(bruno, 'Ada Martin').locator('video').evaluate((video) => video.videoWidth)).toBeGreaterThan(0);
  await keyboard.press(control(bruno, 'Lever la main'));
  await expect(tileOf(ada, 'Bruno Petit').locator('.visio-name')).toContainText('main levée');
  await page.keyboard.press('h');
  await expect(tileOf(ada, 'Bruno Petit').locator('.visio-name')).not.toContainText('main levée');
  await page.keyboard.press('m');
  await expect(control(bruno, 'Couper le micro')).toBeVisible();
  await expect(tileOf(ada, 'Bruno Petit').locator('.visio-name')).not.toContainText('micro coupé');
  await bruno.inspect('visio-salle');
});

test('a page at 400 %, or a phone held sideways: every command is in view', async () => {
  const { page } = bruno;
  const before = page.viewportSize();
  for (const size of [{ width: 320, height: 256 }, { width: 740, height: 360 }]) {
    await page.setViewportSize(size);
    for (const button of await page.locator('.visio-controls button:visible').all()) await expect(button).toBeInViewport({ ratio: 1 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize(before);
});

test('whoever asks for sounds alone receives no images, and has them back when asking', async () => {
  const { page } = bruno;
  if (bruno.width < 500) await page.getByRole('button', { name: /^Ma liaison/ }).click();
  const choice = page.getByLabel('Ce que je reçois');
  await choice.selectOption('audio');
  await expect(tileOf(bruno, 'Ada Martin')).toBeVisible();
  await expect(tileOf(bruno, 'Ada Martin').locator('video')).toHaveCount(0);
  await bruno.inspect('visio-sons-seuls');
  await choice.selectOption('full');
  await expect.poll(() => tileOf(bruno, 'Ada Martin').locator('video').evaluate((video) => video.videoWidth)).toBeGreaterThan(0);
  if (bruno.width < 500) await closePanel(bruno);
});

test('a reaction is seen by the others, and goes by itself', async () => {
  await control(bruno, bruno.width > 500 ? 'Réagir' : 'Autres commandes').click();
  await bruno.inspect('visio-reagir');
  await bruno.page.getByRole('menuitem', { name: 'Bravo' }).click();
  await expect(tileOf(ada, 'Bruno Petit').getByRole('img', { name: 'Bravo' })).toBeVisible();
  await expect(tileOf(ada, 'Bruno Petit').getByRole('img', { name: 'Bravo' })).toHaveCount(0);
});

test('a guest without account waits, is let in and is told from the others', async () => {
  const { page } = ada;
  await control(ada, /^Participants/).click();
  await page.getByRole('switch', { name: 'Lien pour les invités' }).click();
  await expect(page.getByRole('button', { name: 'Copier le lien d’invitation' })).toBeVisible();
  await page.getByRole('switch', { name: 'Discussion ouverte aux invités' }).click();
  await expect(page.getByRole('switch', { name: 'Discussion ouverte aux invités' })).toBeChecked();
  const link = await page.evaluate(async (id) => (await (await fetch(`/api/v1/meetings/${id}`)).json()).guest_link, new URL(page.url()).pathname.split('/')[2]);
  await guest.page.goto(link);
  await guest.page.getByLabel('Votre nom').fill('Zoé Laurent');
  await guest.inspect('visio-invitee');
  await guest.page.getByRole('button', { name: 'Entrer dans la visio' }).click();
  await expect(guest.page.getByRole('heading', { name: 'En salle d’attente' })).toBeVisible();
  await guest.inspect('visio-attente');
  await expect(page.getByText('1 personne attend')).toBeVisible();
  await ada.inspect('visio-participants');
  await page.getByRole('button', { name: 'Faire entrer' }).click();
  await expect(tileOf(guest, 'Ada Martin')).toBeVisible();
  await expect(page.getByRole('complementary')).toContainText('non authentifié');
});

test('one writes in the salon from the meeting; a guest reads it and answers by the house’s hand', async () => {
  await closePanel(ada);
  await control(ada, 'Discussion').click();
  const panel = ada.page.getByRole('complementary', { name: 'Discussion' });
  await panel.getByRole('textbox').fill('Bonjour à tous');
  await panel.getByRole('button', { name: 'Envoyer' }).click();
  await expect(bruno.page.getByRole('status').getByText('Ada Martin : Bonjour à tous')).toBeVisible();
  await expect(control(bruno, /^Discussion, 1/)).toBeVisible();
  await control(guest, 'Discussion').click();
  const seen = guest.page.getByRole('complementary', { name: 'Discussion' });
  await expect(seen.getByRole('log')).toContainText('Bonjour à tous');
  await seen.getByRole('textbox', { name: 'Écrire un message' }).fill('Merci de m’accueillir');
  await guest.page.keyboard.press('Enter');
  const answer = panel.getByRole('article', { name: /^Zoé Laurent/ });
  await expect(answer).toContainText('Merci de m’accueillir');
  await expect(answer).toContainText('non authentifié');
  await ada.inspect('visio-discussion');
  await guest.inspect('visio-discussion-invitee');
  await closePanel(guest);
  await closePanel(ada);
  await control(ada, /^Participants/).click();
});

test('the layout is chosen, a tile is pinned, and captions are shown when somebody provides them', async () => {
  const { page } = bruno;
  await page.getByRole('button', { name: 'Épingler Ada Martin' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Au premier plan' })).toContainText('Ada Martin');
  await bruno.inspect('visio-premier-plan');
  await page.getByRole('button', { name: 'Disposition' }).click();
  await page.getByRole('menuitemradio', { name: 'Mosaïque' }).click();
  await expect(page.getByRole('list', { name: 'Images' })).toContainText('Ada Martin');
  await page.keyboard.press('t');
  await expect(page.getByRole('log', { name: 'Sous-titres' })).toBeVisible();
  await page.keyboard.press('t');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Raccourcis clavier de la visio' })).toBeVisible();
  await bruno.inspect('visio-raccourcis');
  await page.keyboard.press('Escape');
});

test('a host mutes one and sends another away; the minutes are a page of the space', async () => {
  const { page } = ada;
  const panel = page.getByRole('complementary');
  await panel.getByRole('button', { name: 'Actions pour Bruno Petit' }).click();
  await page.getByRole('menuitem', { name: 'Couper son micro' }).click();
  await expect(bruno.page.getByText('Un animateur a coupé votre micro.')).toBeVisible();
  await panel.getByRole('button', { name: 'Actions pour Zoé Laurent' }).click();
  await page.getByRole('menuitem', { name: 'Faire sortir et interdire le retour' }).click();
  await expect(panel.getByRole('region', { name: 'Interdits de retour' })).toContainText('Zoé Laurent');
  await ada.inspect('visio-organisateur');
  await panel.getByRole('button', { name: 'Autoriser à revenir' }).click();
  await expect(panel.getByRole('region', { name: 'Interdits de retour' })).toHaveCount(0);
  await expect(guest.page.getByRole('heading', { name: 'Un animateur vous a fait sortir de la visio.' })).toBeVisible();
  await guest.inspect('visio-sortie');
  await closePanel(ada);
  await use(ada, 'Notes');
  await page.getByRole('button', { name: 'Commencer le compte rendu' }).click();
  const text = page.getByRole('textbox', { name: /Compte rendu/ });
  await text.click();
  await page.keyboard.type('Décision : on garde le lundi.');
  await use(bruno, 'Notes');
  await expect(bruno.page.getByRole('textbox', { name: /Compte rendu/ })).toContainText('on garde le lundi');
  await ada.inspect('visio-notes');
  const tab = ada.context.waitForEvent('page');
  await page.getByRole('link', { name: 'Ouvrir dans un onglet' }).click();
  const written = await tab;
  await expect(written.getByRole('heading', { level: 1 })).toContainText('Compte rendu');
  await written.close();
  await closePanel(bruno);
  await closePanel(ada);
  await control(ada, 'Quitter').click();
  await expect(page.getByRole('heading', { name: 'Vous avez quitté la visio.' })).toBeVisible();
  await expect(tileOf(bruno, 'Ada Martin')).toHaveCount(0);
  await bruno.keyboard.press(control(bruno, 'Quitter'));
  await expect(bruno.page.getByRole('heading', { name: 'Vous avez quitté la visio.' })).toBeVisible();
});

test('the salon has its own room, the same at each click', async () => {
  const { page } = bruno;
  const meeting = page.url();
  const salon = await page.evaluate(
    async (id) => (await (await fetch(`/api/v1/spaces/${id}/rooms`)).json()).rooms[0].room_id,
    space.id,
  );
  const seen = [];
  for (let times = 0; times < 2; times += 1) {
    await page.goto(`/p/${space.slug}/discussion?salon=${encodeURIComponent(salon)}`);
    await page.getByRole('button', { name: /^Visio/ }).click();
    await expect(page).toHaveURL(/\/visio\//);
    seen.push(page.url());
  }
  expect(new Set(seen).size).toBe(1);
  expect(seen[0]).not.toBe(meeting);
});
