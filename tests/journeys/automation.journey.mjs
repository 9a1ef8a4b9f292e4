// Keys for automation of meetings: an animator's in the space, an administrator's for the house.
import { expect, test } from '@playwright/test';
import { startServer, Visitor } from './house.mjs';

test.describe.configure({ mode: 'serial' });

let server, ada, space;

test.beforeAll(async ({ browser }, info) => {
  server = await startServer();
  ada = await Visitor.open(browser, server, info.project.metadata, 'ada');
  await ada.signIn('ada.martin@interieur.test');
  space = await ada.page.evaluate(async () => {
    const { csrf } = await (await fetch('/api/v1/session')).json();
    const headers = { 'Content-Type': 'application/json', 'X-Parvis-CSRF': csrf };
    const body = JSON.stringify({
      kind: 'project', name: 'Télétravail', description: '', template: 'project', visibility: 'closed', joining: 'invitation',
    });
    return (await fetch('/api/v1/spaces', { method: 'POST', headers, body })).json();
  });
});

test.afterAll(async () => {
  await ada?.context.close();
  await server?.stop();
});

test.afterEach(() => {
  expect.soft(ada.faults.splice(0)).toEqual([]);
});

const dialog = () => ada.page.getByRole('dialog');

test('in the space’s settings a key is made, its secret shown once, and revoked', async () => {
  const { page } = ada;
  await page.goto(`/p/${space.slug}/parametres`);
  const section = page.getByRole('region', { name: 'Automatisation des réunions' });
  await section.getByRole('button', { name: 'Créer une clé' }).click();
  await dialog().getByRole('button', { name: 'Créer une clé' }).click();
  await expect(dialog()).toContainText('Donnez un nom à cette clé.');
  await dialog().getByLabel('Nom').fill('Comptes rendus');
  await dialog().getByLabel('Adresse à prévenir').fill('https://10.0.0.1/crochet');
  await dialog().getByLabel('Dernier jour').fill('2030-01-31');
  await dialog().getByRole('button', { name: 'Créer une clé' }).click();
  await expect(dialog()).toContainText('elle n’est pas publique');
  // The browser writes an error for the refusal that is expected here, and for no other.
  ada.faults = ada.faults.filter((fault) => !fault.includes('status of 400'));
  await ada.inspect('cle-automatisation-formulaire');
  await dialog().getByLabel('Adresse à prévenir').fill('https://crochets.example.org/parvis');
  await dialog().getByRole('button', { name: 'Créer une clé' }).click();
  await expect(dialog().getByRole('textbox', { name: 'Secret (API secret)' })).toHaveValue(/^[\w-]{43}$/);
  const secret = await dialog().getByRole('textbox', { name: 'Secret (API secret)' }).inputValue();
  await ada.inspect('cle-automatisation-secret');
  await dialog().getByRole('button', { name: 'J’ai noté le secret' }).click();
  await expect(section.getByRole('listitem')).toContainText('Webhook : rien n’a encore été envoyé.');
  await page.reload();
  await expect(section.getByRole('listitem')).toContainText('créée par Ada Martin');
  expect(await page.content()).not.toContain(secret);
  await section.scrollIntoViewIfNeeded();
  await ada.inspect('cle-automatisation');
  await section.getByRole('button', { name: 'Révoquer la clé Comptes rendus' }).click();
  await dialog().getByRole('button', { name: 'Révoquer' }).click();
  await expect(section).toContainText('Aucune clé.');
});

test('an administrator makes one for the whole house', async () => {
  const { page } = ada;
  await page.goto('/administration/automatisation');
  await page.getByRole('button', { name: 'Créer une clé' }).click();
  await dialog().getByLabel('Nom').fill('Supervision');
  await dialog().getByRole('button', { name: 'Créer une clé' }).click();
  await dialog().getByRole('button', { name: 'J’ai noté le secret' }).click();
  await expect(page.getByRole('list', { name: 'Clés d’automatisation' })).toContainText('Supervision');
  await ada.inspect('cles-de-la-maison');
});
