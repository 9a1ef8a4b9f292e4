// Polls of a meeting and its groups, in the web app: a host, a member by keyboard alone, a guest without account.
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
const panelOf = (visitor) => visitor.page.getByRole('complementary');
const button = (visitor, name) => visitor.page.getByRole('button', { name, exact: true });
const close = (visitor) => panelOf(visitor).getByRole('button', { name: 'Fermer' }).click();
/** From the bar, or on a phone from the menu of what it has no room for. */
async function openPanel(visitor, name) {
  const bar = visitor.page.getByRole('toolbar');
  const own = bar.getByRole('button', { name: new RegExp(`^${name}`) });
  if (await own.isVisible()) return own.click();
  await bar.getByRole('button', { name: 'Autres commandes' }).click();
  await visitor.page.getByRole('menuitem', { name }).click();
}

test('a host, a member and a guest meet', async () => {
  const { page } = ada;
  await page.goto(`/p/${space.slug}/visio`);
  await page.getByRole('button', { name: 'Entrer dans la visio' }).click();
  await page.getByRole('button', { name: 'Entrer dans la visio' }).click();
  await expect(tileOf(ada, 'Ada Martin')).toBeVisible();
  await bruno.page.goto(new URL(page.url()).pathname);
  await bruno.keyboard.press(bruno.page.getByRole('button', { name: 'Entrer dans la visio' }));
  await expect(tileOf(bruno, 'Ada Martin')).toBeVisible();
  const link = await page.evaluate(async (id) => {
    const { csrf } = await (await fetch('/api/v1/session')).json();
    const headers = { 'Content-Type': 'application/json', 'X-Parvis-CSRF': csrf };
    const body = JSON.stringify({ guests: true, lobby: false });
    return (await (await fetch(`/api/v1/meetings/${id}`, { method: 'PATCH', headers, body })).json()).guest_link;
  }, new URL(page.url()).pathname.split('/')[2]);
  await guest.page.goto(link);
  await guest.page.getByLabel('Votre nom').fill('Zoé Laurent');
  await guest.page.getByRole('button', { name: 'Entrer dans la visio' }).click();
  await expect(tileOf(guest, 'Bruno Petit')).toBeVisible();
});

test('a host asks a question; a member answers by keyboard, a guest too; all see the results', async () => {
  const { page } = ada;
  await openPanel(ada, 'Sondages');
  await ada.inspect('visio-sondages-vide');
  await button(ada, 'Préparer un sondage').click();
  await page.getByLabel('Question').fill('Combien de jours de télétravail par semaine ?');
  await page.getByRole('textbox', { name: 'Réponse 1' }).fill('Deux jours');
  await page.getByRole('textbox', { name: 'Réponse 2' }).fill('Trois jours');
  await button(ada, 'Ajouter une réponse').click();
  await page.getByRole('textbox', { name: 'Réponse 3' }).fill('Quatre jours, avec un jour fixe de présence pour toute l’équipe');
  await ada.inspect('visio-sondage-preparer');
  await button(ada, 'Ouvrir maintenant').click();
  await expect(bruno.page.getByText('Sondage ouvert : Combien de jours').first()).toBeVisible();
  await bruno.inspect('visio-sondage-annonce');
  await bruno.keyboard.press(button(bruno, 'Répondre'));
  await expect(panelOf(bruno)).toContainText('Vote anonyme : personne ne voit qui a répondu quoi.');
  await bruno.keyboard.reach(bruno.page.getByRole('radio', { name: 'Deux jours' }));
  await bruno.page.keyboard.press('Space');
  await bruno.inspect('visio-sondage-voter');
  await bruno.keyboard.press(button(bruno, 'Voter'));
  await expect(panelOf(bruno)).toContainText('Les résultats paraîtront à la clôture.');
  await button(guest, 'Répondre').click();
  await guest.page.getByRole('radio', { name: 'Trois jours' }).check();
  await guest.page.getByRole('button', { name: 'Voter' }).click();
  await page.getByRole('radio', { name: 'Trois jours' }).check();
  await button(ada, 'Voter').click();
  await expect(panelOf(ada)).toContainText('3 votants');
  await ada.inspect('visio-sondage-ouvert');
  await bruno.keyboard.press(button(bruno, 'Modifier mon vote'));
  await bruno.keyboard.choose(bruno.page.getByRole('radio', { name: 'Trois jours' }));
  await bruno.keyboard.press(button(bruno, 'Voter'));
  await expect(button(bruno, 'Modifier mon vote')).toBeVisible();
  await button(ada, 'Clore le vote').click();
  for (const visitor of everyone) await expect(panelOf(visitor)).toContainText('3 voix, 100 %');
  await guest.inspect('visio-sondage-resultats-invitee');
  await button(ada, 'Ajouter au compte rendu').click();
  await expect(page.getByText('Résultats ajoutés au compte rendu.')).toBeVisible();
  await ada.inspect('visio-sondage-resultats');
  const file = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Résultats (CSV)' }).click();
  expect((await file).suggestedFilename()).toBe('sondage.csv');
  for (const visitor of everyone) await close(visitor);
});

test('a host makes groups: everybody is moved at once, asks for help, is told and comes back', async () => {
  const { page } = ada;
  await openPanel(ada, 'Groupes');
  await page.getByLabel('Nom du groupe 1').fill('Locaux');
  await page.getByLabel('Nom du groupe 2').fill('Matériel');
  await page.getByLabel('Groupe de Bruno Petit').selectOption('Locaux');
  await page.getByLabel('Groupe de Zoé Laurent').selectOption('Matériel');
  await ada.inspect('visio-groupes-preparer');
  await button(ada, 'Ouvrir les groupes').click();
  await expect(bruno.page.getByText('Vous êtes dans le groupe « Locaux ».').first()).toBeVisible();
  await expect(tileOf(bruno, 'Ada Martin')).toHaveCount(0);
  await expect(guest.page.getByText('Vous êtes dans le groupe « Matériel ».').first()).toBeVisible();
  await expect(bruno.page.getByRole('timer')).toContainText('Il reste 14:');
  await bruno.inspect('visio-groupes-dans-un-groupe');
  await expect(panelOf(ada)).toContainText('Zoé Laurent');
  await bruno.keyboard.press(button(bruno, 'Demander de l’aide'));
  await expect(panelOf(ada)).toContainText('demande de l’aide');
  await ada.inspect('visio-groupes-ouverts');
  await page.getByLabel('Message à tous les groupes').fill('Notez vos trois idées.');
  await button(ada, 'Envoyer').click();
  for (const visitor of [bruno, guest]) await expect(visitor.page.getByText('Notez vos trois idées.').first()).toBeVisible();
  await guest.inspect('visio-groupes-message');
  await button(guest, 'J’ai lu').click();
  await button(ada, 'Rejoindre Locaux').click();
  await expect(tileOf(bruno, 'Ada Martin')).toBeVisible();
  await bruno.keyboard.press(button(bruno, 'Revenir avec tous'));
  await expect(tileOf(bruno, 'Ada Martin')).toHaveCount(0);
  await bruno.keyboard.press(button(bruno, 'Rejoindre'));
  await expect(tileOf(bruno, 'Ada Martin')).toBeVisible();
  await button(ada, 'Faire revenir tout le monde').click();
  for (const visitor of everyone) await expect(tileOf(visitor, 'Zoé Laurent')).toBeVisible();
  await expect(bruno.page.getByText('Vous êtes dans le groupe')).toHaveCount(0);
});
