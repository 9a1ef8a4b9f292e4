// The first working day: a community from its request to the removal of a member, in real browsers.
import { expect, test } from '@playwright/test';
import { lastMail, startServer, Visitor } from './house.mjs';

const community = 'Réseau des juristes';
const partnerAddress = 'paule.partenaire@association.example';

test.describe.configure({ mode: 'serial' });

let server, ada, bruno, chloe, paule, everyone;
let path; // of the community

test.beforeAll(async ({ browser }, info) => {
  server = await startServer();
  const open = (name) => Visitor.open(browser, server, info.project.metadata, name);
  [ada, bruno, chloe, paule] = await Promise.all(['ada', 'bruno', 'chloe', 'paule'].map(open));
  everyone = [ada, bruno, chloe, paule];
});

test.afterAll(async () => {
  for (const visitor of everyone ?? []) await visitor.context.close();
  await server?.stop();
});

test.afterEach(() => {
  for (const visitor of everyone) expect.soft(visitor.faults.splice(0), visitor.name).toEqual([]);
});

async function tabTo(page, locator) {
  for (let presses = 0; presses < 40; presses += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Not reached with the Tab key.');
}

test('signs in with the keyboard alone', async () => {
  const { page } = bruno;
  await page.goto('/');
  await expect(page).toHaveURL(/connexion/);
  await bruno.inspect('connexion');
  await tabTo(page, page.getByLabel('Adresse électronique professionnelle'));
  await page.keyboard.type('bruno.petit@interieur.test');
  await tabTo(page, page.getByLabel('Mot de passe', { exact: true }));
  await page.keyboard.type(server.password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/Bruno|Bonjour|Accueil/);
  await bruno.inspect('accueil');
});

test('asks for a community', async () => {
  const { page } = bruno;
  await page.goto('/c');
  await page.getByRole('link', { name: 'Demander une communauté' }).first().click();
  await page.getByLabel('Nom', { exact: false }).first().fill(community);
  await page.getByRole('radio', { name: /^Fermé/ }).check({ force: true });
  await page.getByRole('radio', { name: /^Sur validation/ }).check({ force: true });
  await bruno.inspect('demande-communaute');
  await page.getByRole('button', { name: 'Envoyer la demande' }).click();
  await expect(page.getByText('attend la décision', { exact: false })).toBeVisible();
  path = new URL(page.url()).pathname;
  await bruno.inspect('communaute-demandee');
});

test('an administrator approves it', async () => {
  const { page } = ada;
  await ada.signIn('ada.martin@interieur.test');
  await page.goto('/administration/demandes');
  await ada.inspect('administration-demandes');
  await page.getByRole('button', { name: `Accepter ${community}` }).click();
  await expect(page.getByText('La communauté est créée.')).toBeVisible();
  await expect(bruno.page.getByText('attend la décision', { exact: false })).toBeHidden();
  await bruno.inspect('communaute');
});

test('somebody asks to join and is accepted', async () => {
  await chloe.signIn('chloe.roux@interieur.test');
  await chloe.page.goto('/c');
  await chloe.inspect('communautes');
  await chloe.page.getByRole('button', { name: /^Demander à rejoindre/ }).first().click();
  const dialog = chloe.page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('Je rejoins le bureau des contrats.');
  await chloe.inspect('rejoindre');
  await dialog.getByRole('button', { name: /Envoyer|Demander/ }).click();
  await expect(chloe.page.getByText('Demande envoyée').first()).toBeVisible();

  await bruno.page.goto(`${path}/membres`);
  await bruno.inspect('membres-demande');
  await bruno.page.getByRole('button', { name: 'Accepter Chloé Roux' }).click();
  await expect(bruno.page.getByText('Chloé Roux est membre.')).toBeVisible();
  await bruno.inspect('membres');
});

const messages = (visitor) => visitor.page.getByRole('log', { name: 'Messages' });
const composer = (visitor) => visitor.page.getByRole('textbox', { name: /^Écrire dans/ });
const messageWith = (visitor, text) => messages(visitor).getByRole('article').filter({ hasText: text });

test('two people talk in its salon', async () => {
  for (const visitor of [bruno, chloe]) {
    await visitor.page.goto(`${path}/discussion`);
    // On a phone the list comes first, the salon after it.
    if (test.info().project.name === 'phone') await visitor.page.getByRole('link', { name: /^Général/ }).click();
    await expect(composer(visitor)).toBeVisible();
  }
  await composer(bruno).fill('Bonjour à toutes et à tous');
  await composer(bruno).press('Enter');
  await expect(messages(chloe).getByText('Bonjour à toutes et à tous')).toBeVisible();
  await composer(chloe).fill('Merci de votre accueil');
  await composer(chloe).press('Enter');
  await expect(messages(bruno).getByText('Merci de votre accueil')).toBeVisible();
  await bruno.inspect('discussion');
});

async function act(visitor, text, name) {
  const message = messageWith(visitor, text).first();
  await message.hover();
  await message.getByRole('button', { name }).first().click();
}

test('reacts, edits, answers in a thread', async () => {
  await act(chloe, 'Bonjour à toutes', 'Réagir');
  await chloe.page.getByRole('button', { name: 'Réagir avec 👍' }).first().click();
  await expect(messageWith(bruno, 'Bonjour à toutes').getByRole('button', { name: /👍/ }).first()).toBeVisible();

  await act(bruno, 'Bonjour à toutes', /^Actions sur/);
  await bruno.page.getByRole('menuitem', { name: 'Modifier' }).click();
  await expect(composer(bruno)).toHaveValue('Bonjour à toutes et à tous');
  await composer(bruno).fill('Bonjour à chacune et à chacun');
  await composer(bruno).press('Enter');
  await expect(messages(chloe).getByText('Bonjour à chacune et à chacun')).toBeVisible();

  await act(chloe, 'Bonjour à chacune', 'Répondre dans un fil');
  const answer = chloe.page.getByRole('textbox', { name: 'Répondre dans le fil' });
  await answer.fill('Une question sur les marchés');
  await answer.press('Enter');
  await chloe.inspect('fil');
  await chloe.page.getByRole('button', { name: 'Fermer le fil' }).click();
  await expect(messages(bruno).getByText(/1\sréponse/)).toBeVisible();
});

test('shares a file in the salon, which the space then holds', async () => {
  const choosing = bruno.page.waitForEvent('filechooser');
  await bruno.page.getByRole('button', { name: 'Joindre un fichier' }).first().click();
  await (await choosing).setFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('Une note de service.\n') });
  await bruno.inspect('joindre');
  await bruno.page.getByRole('dialog').getByRole('button', { name: 'Envoyer' }).click();
  await expect(messages(chloe).getByText('note.txt').first()).toBeVisible();
  await bruno.page.goto(`${path}/fichiers`);
  await expect(bruno.page.getByText('note.txt').first()).toBeVisible();
  await bruno.inspect('fichiers');
});

test('invites an external person, who sees nothing else', async () => {
  const { page } = bruno;
  await page.goto(`${path}/membres`);
  await page.getByRole('button', { name: /^Ouvrir aux externes/ }).click();
  const opening = page.getByRole('dialog');
  await opening.getByRole('checkbox').check({ force: true });
  await bruno.inspect('ouvrir-aux-externes');
  await opening.getByRole('button', { name: 'Ouvrir définitivement' }).click();
  await expect(page.getByText('L’espace est ouvert aux externes.').first()).toBeVisible();
  await page.goto(`${path}/membres?ajouter=1`);
  await page.getByLabel('Adresses électroniques').fill(partnerAddress);
  await bruno.inspect('ajouter-des-membres');
  await page.getByRole('dialog').getByRole('button', { name: 'Ajouter', exact: true }).click();
  await expect(page.getByText('Invitation envoyée').first()).toBeVisible();

  await expect.poll(() => { try { return lastMail(server.data, partnerAddress); } catch { return ''; } }).toContain('/invitation?token=');
  const link = /https?:\/\/\S+\/invitation\?token=\S+/.exec(lastMail(server.data, partnerAddress))[0];
  await paule.page.goto(link);
  await expect(paule.page.getByText(community)).toBeVisible();
  await paule.inspect('invitation');
  await paule.page.getByLabel('Prénom et nom').fill('Paule Partenaire');
  await paule.page.locator('#password').fill(server.password);
  await paule.page.getByRole('button', { name: /^Accepter|^Rejoindre|^Créer/ }).click();
  await expect(paule.page).not.toHaveURL(/invitation/);
  await paule.page.goto(path);
  await expect(paule.page.getByRole('heading', { name: community }).first()).toBeVisible();
  await paule.inspect('externe-espace');

  const listed = await paule.page.evaluate(async () => (await fetch('/api/v1/spaces')).json());
  expect(listed.spaces.map((space) => space.name)).toEqual([community]);
  const people = await paule.page.evaluate(async () => (await fetch('/api/v1/people?q=denis')).json());
  expect(people.people ?? []).toEqual([]);
  await paule.page.goto('/administration');
  await expect(paule.page.getByText('Cette page est réservée', { exact: false })).toBeVisible();
});

test('removes a member, whose open page loses the space', async () => {
  await chloe.page.goto(`${path}/fichiers`);
  await expect(chloe.page.getByText('note.txt').first()).toBeVisible();
  await bruno.page.goto(`${path}/membres`);
  await bruno.page.getByRole('button', { name: 'Retirer Chloé Roux' }).click();
  await bruno.inspect('retirer');
  await bruno.page.getByRole('dialog').getByRole('button', { name: 'Retirer', exact: true }).click();
  await expect(bruno.page.getByText('Chloé Roux n’est plus membre.')).toBeVisible();
  await expect(chloe.page.getByText('note.txt')).toHaveCount(0);
  await expect(chloe.page.getByRole('button', { name: /^Demander à rejoindre/ }).first()).toBeVisible();
  await chloe.inspect('espace-perdu');
});
