// The first working day: a community from its request to the removal of a member, in real browsers, by people
// who use the keyboard alone.
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

test('signs in', async () => {
  const { page } = bruno;
  await page.goto('/');
  await expect(page).toHaveURL(/connexion/);
  await bruno.inspect('connexion');
  await bruno.keyboard.write(page.getByLabel('Adresse électronique professionnelle'), 'bruno.petit@interieur.test');
  await bruno.keyboard.write(page.getByLabel('Mot de passe', { exact: true }), server.password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/Bruno|Bonjour|Accueil/);
  await bruno.inspect('accueil');
});

test('asks for a community', async () => {
  const { page, keyboard } = bruno;
  await page.goto('/c');
  await keyboard.press(page.getByRole('link', { name: 'Demander une communauté' }));
  await keyboard.write(page.getByLabel('Nom', { exact: false }), community);
  await keyboard.choose(page.getByRole('radio', { name: /^Fermé/ }));
  await keyboard.choose(page.getByRole('radio', { name: /^Sur validation/ }));
  await bruno.inspect('demande-communaute');
  await keyboard.press(page.getByRole('button', { name: 'Envoyer la demande' }));
  await expect(page.getByText('attend la décision', { exact: false })).toBeVisible();
  path = new URL(page.url()).pathname;
  await bruno.inspect('communaute-demandee');
});

test('an administrator approves it', async () => {
  const { page } = ada;
  await ada.signIn('ada.martin@interieur.test');
  await page.goto('/administration/demandes');
  await ada.inspect('administration-demandes');
  await ada.keyboard.press(page.getByRole('button', { name: `Accepter ${community}` }));
  await expect(page.getByText('La communauté est créée.')).toBeVisible();
  await expect(bruno.page.getByText('attend la décision', { exact: false })).toBeHidden();
  await bruno.inspect('communaute');
});

test('somebody asks to join and is accepted', async () => {
  await chloe.signIn('chloe.roux@interieur.test');
  await chloe.page.goto('/c');
  await chloe.inspect('communautes');
  await chloe.keyboard.press(chloe.page.getByRole('button', { name: /^Demander à rejoindre/ }));
  const dialog = chloe.page.getByRole('dialog');
  await chloe.keyboard.write(dialog.getByRole('textbox'), 'Je rejoins le bureau des contrats.');
  await chloe.inspect('rejoindre');
  await chloe.keyboard.press(dialog.getByRole('button', { name: /Envoyer|Demander/ }));
  await expect(chloe.page.getByText('Demande envoyée').first()).toBeVisible();

  await bruno.page.goto(`${path}/membres`);
  await bruno.inspect('membres-demande');
  await bruno.keyboard.press(bruno.page.getByRole('button', { name: 'Accepter Chloé Roux' }));
  await expect(bruno.page.getByText('Chloé Roux est membre.')).toBeVisible();
  await bruno.inspect('membres');
});

const messages = (visitor) => visitor.page.getByRole('log', { name: 'Messages' });
const composer = (visitor) => visitor.page.getByRole('textbox', { name: /^Écrire dans/ });
const messageWith = (visitor, text) => messages(visitor).getByRole('article').filter({ hasText: text });

async function say(visitor, text) {
  await visitor.keyboard.write(composer(visitor), text);
  await visitor.page.keyboard.press('Enter');
}

test('two people talk in its salon', async () => {
  for (const visitor of [bruno, chloe]) {
    await visitor.page.goto(`${path}/discussion`);
    // On a phone the list comes first, the salon after it.
    if (test.info().project.name === 'phone') await visitor.keyboard.press(visitor.page.getByRole('link', { name: /^Général/ }));
    await expect(composer(visitor)).toBeVisible();
  }
  await say(bruno, 'Bonjour à toutes et à tous');
  await expect(messages(chloe).getByText('Bonjour à toutes et à tous')).toBeVisible();
  await say(chloe, 'Merci de votre accueil');
  await expect(messages(bruno).getByText('Merci de votre accueil')).toBeVisible();
  await bruno.inspect('discussion');
});

async function act(visitor, text, name) {
  const message = messageWith(visitor, text).first();
  await visitor.keyboard.reachMessage(message);
  await visitor.keyboard.press(message.getByRole('button', { name }));
}

test('reacts, edits, answers in a thread', async () => {
  await act(chloe, 'Bonjour à toutes', 'Réagir');
  await chloe.keyboard.press(chloe.page.getByRole('button', { name: 'Réagir avec 👍' }));
  await expect(messageWith(bruno, 'Bonjour à toutes').getByRole('button', { name: /👍/ }).first()).toBeVisible();

  await act(bruno, 'Bonjour à toutes', /^Actions sur/);
  await bruno.keyboard.pick(bruno.page.getByRole('menuitem', { name: 'Modifier' }));
  await expect(composer(bruno)).toHaveValue('Bonjour à toutes et à tous');
  await say(bruno, 'Bonjour à chacune et à chacun');
  await expect(messages(chloe).getByText('Bonjour à chacune et à chacun')).toBeVisible();

  await act(chloe, 'Bonjour à chacune', 'Répondre dans un fil');
  const answer = chloe.page.getByRole('textbox', { name: 'Répondre dans le fil' });
  await chloe.keyboard.write(answer, 'Une question sur les marchés');
  await chloe.page.keyboard.press('Enter');
  await chloe.inspect('fil');
  await chloe.keyboard.press(chloe.page.getByRole('button', { name: 'Fermer le fil' }));
  await expect(messages(bruno).getByText(/1\sréponse/)).toBeVisible();

  // The newest event is an answer, which is not a message of the salon: the page finds those before it.
  await chloe.page.reload();
  await expect(messages(chloe).getByText('Bonjour à chacune et à chacun')).toBeVisible();
});

test('shares a file in the salon, which the space then holds', async () => {
  const choosing = bruno.page.waitForEvent('filechooser');
  await bruno.keyboard.press(bruno.page.getByRole('button', { name: 'Joindre un fichier' }));
  await (await choosing).setFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('Une note de service.\n') });
  await bruno.inspect('joindre');
  await bruno.keyboard.press(bruno.page.getByRole('dialog').getByRole('button', { name: 'Envoyer' }));
  await expect(messages(chloe).getByText('note.txt').first()).toBeVisible();
  await bruno.page.goto(`${path}/fichiers`);
  await expect(bruno.page.getByText('note.txt').first()).toBeVisible();
  await bruno.inspect('fichiers');
});

test('invites an external person, who sees nothing else', async () => {
  const { page, keyboard } = bruno;
  await page.goto(`${path}/membres`);
  await keyboard.press(page.getByRole('button', { name: /^Ouvrir aux externes/ }));
  const opening = page.getByRole('dialog');
  await keyboard.check(opening.getByRole('checkbox'));
  await bruno.inspect('ouvrir-aux-externes');
  await keyboard.press(opening.getByRole('button', { name: 'Ouvrir définitivement' }));
  await expect(page.getByText('L’espace est ouvert aux externes.').first()).toBeVisible();
  await page.goto(`${path}/membres?ajouter=1`);
  await keyboard.write(page.getByLabel('Adresses électroniques'), partnerAddress);
  await bruno.inspect('ajouter-des-membres');
  await keyboard.press(page.getByRole('dialog').getByRole('button', { name: 'Ajouter', exact: true }));
  await expect(page.getByText('Invitation envoyée').first()).toBeVisible();

  await expect.poll(() => { try { return lastMail(server.data, partnerAddress); } catch { return ''; } }).toContain('/invitation?token=');
  const link = /https?:\/\/\S+\/invitation\?token=\S+/.exec(lastMail(server.data, partnerAddress))[0];
  await paule.page.goto(link);
  await expect(paule.page.getByText(community)).toBeVisible();
  await paule.inspect('invitation');
  await paule.keyboard.write(paule.page.getByLabel('Prénom et nom'), 'Paule Partenaire');
  await paule.keyboard.write(paule.page.locator('#password'), server.password);
  await paule.keyboard.press(paule.page.getByRole('button', { name: /^Accepter|^Rejoindre|^Créer/ }));
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
  await bruno.keyboard.press(bruno.page.getByRole('button', { name: 'Retirer Chloé Roux' }));
  await bruno.inspect('retirer');
  await bruno.keyboard.press(bruno.page.getByRole('dialog').getByRole('button', { name: 'Retirer', exact: true }));
  await expect(bruno.page.getByText('Chloé Roux n’est plus membre.')).toBeVisible();
  await expect(chloe.page.getByText('note.txt')).toHaveCount(0);
  await expect(chloe.page.getByRole('button', { name: /^Demander à rejoindre/ }).first()).toBeVisible();
  await chloe.inspect('espace-perdu');
});
