// The network policy: written by an administrator, met at a meeting's door and inside, gone beyond, and set aside by who needs images.
import { expect, test } from '@playwright/test';
import { startServer, Visitor } from './house.mjs';

test.describe.configure({ mode: 'serial' });

let server, ada, bruno, everyone, space;

test.beforeAll(async ({ browser }, info) => {
  server = await startServer();
  const open = (name) => Visitor.open(browser, server, info.project.metadata, name);
  everyone = [ada, bruno] = await Promise.all(['ada', 'bruno'].map(open));
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

test('an administrator adds a window to the network policy, and it is in force', async () => {
  const { page } = ada;
  await page.goto('/administration/reseau');
  await expect(page.getByText('Heures chargées du réseau')).toBeVisible();
  await ada.inspect('reseau-politique');
  await page.getByRole('button', { name: 'Ajouter une plage' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Nom de la plage').fill('Journée d’essai');
  for (const day of ['samedi', 'dimanche']) await dialog.getByLabel(day).check();
  await dialog.getByLabel('Début').fill('00:00');
  await dialog.getByLabel('Fin', { exact: true }).fill('9h');
  await dialog.getByLabel('Aussi les jours chômés').check();
  await dialog.getByRole('button', { name: 'Garder' }).click();
  await expect(dialog.getByText('Écrivez une heure comme 10:30.')).toBeVisible();
  await ada.inspect('reseau-plage');
  await dialog.getByLabel('Fin', { exact: true }).fill('24:00');
  await dialog.getByRole('button', { name: 'Garder' }).click();
  await page.getByLabel('Pourquoi ce changement').fill('Essai');
  await page.getByRole('button', { name: 'Mettre en vigueur' }).click();
  await expect(page.getByText('La politique réseau est en vigueur.')).toBeVisible();
  await page.getByRole('button', { name: 'Voir la version 1' }).click();
  await expect(page.getByRole('dialog').getByText('Heures chargées du réseau')).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Fermer' }).click();
});

test('the rules are told in words where one looks at one’s data', async () => {
  await bruno.page.goto('/sobriete');
  await expect(bruno.page.getByRole('list', { name: 'Les règles du réseau' })).toContainText('Journée d’essai');
  await bruno.inspect('reseau-sobriete');
});

test('at the door one reads what applies and what it weighs; inside, the notice and the choice', async () => {
  const { page } = bruno;
  await page.goto(`/p/${space.slug}/visio`);
  await page.getByRole('button', { name: 'Entrer dans la visio' }).click();
  await expect(page.getByText('jusqu’à minuit')).toBeVisible();
  await expect(page.getByRole('switch', { name: 'Entrer plus léger' })).toBeVisible();
  await bruno.inspect('reseau-porte');
  await page.getByRole('button', { name: 'Entrer dans la visio' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Journée d’essai' })).toBeVisible();
  if (bruno.width < 500) await page.getByRole('button', { name: /^Ma liaison/ }).click();
  const choice = page.getByLabel('Ce que je reçois');
  await expect(choice).toHaveValue('audio_slides');
  await bruno.inspect('reseau-salle');
  await choice.selectOption('low_video');
  await expect(choice).toHaveValue('low_video');
});

test('urgent: a reason, and the images are there; the house counts it', async () => {
  const { page } = bruno;
  const choice = page.getByLabel('Ce que je reçois');
  await choice.selectOption('full');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Passer outre – urgent')).toBeVisible();
  await bruno.inspect('reseau-urgence');
  await dialog.getByLabel('Motif').fill('Cellule de crise');
  await dialog.getByRole('button', { name: 'Passer outre' }).click();
  await expect(page.getByText('Vous passez outre la politique réseau')).toBeVisible();
  await expect(choice).toHaveValue('full');
  await ada.page.goto('/administration/reseau');
  await expect(ada.page.getByText('Dépassements pour urgence en trente jours : 1.')).toBeVisible();
});

test('whoever needs the images says so once, in the settings', async () => {
  const { page } = bruno;
  await page.goto('/parametres/reseau');
  await page.getByRole('switch', { name: 'Garder les images des visios à toute heure' }).check();
  await bruno.inspect('reseau-parametres');
  await page.goto(`/p/${space.slug}/visio`);
  await page.getByRole('button', { name: 'Entrer dans la visio' }).click();
  await expect(page.getByText('vous gardez les images')).toBeVisible();
});
