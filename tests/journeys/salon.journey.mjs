// One salon: two people in browsers, a third through clients that are not ours, one after the other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { Person } from '../documents/house.mjs';
import { startServer, Visitor } from './house.mjs';

const interop = join(import.meta.dirname, '..', 'interop');
test.describe.configure({ mode: 'serial' });
test.setTimeout(120_000);

let server, bruno, chloe, path, room;
const third = 'denis.faure@interieur.test';

test.beforeAll(async () => {
  if (existsSync(join(interop, 'node_modules/matrix-js-sdk'))) return;
  const install = spawn('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: interop, stdio: 'inherit' });
  expect((await once(install, 'exit'))[0]).toBe(0);
});

test.beforeAll(async ({ browser }, info) => {
  server = await startServer();
  [bruno, chloe] = await Promise.all(['bruno', 'chloe'].map((name) => Visitor.open(browser, server, info.project.metadata, name)));
  await bruno.signIn('bruno.petit@interieur.test');
  await chloe.signIn('chloe.roux@interieur.test');
  const project = { kind: 'project', name: 'Un salon pour tous', description: '', template: 'projet', visibility: 'closed', joining: 'invitation' };
  const owner = await Person.signIn(server, 'bruno.petit@interieur.test');
  const space = await owner.must('POST', '/api/v1/spaces', project);
  const addresses = `chloe.roux@interieur.test\n${third}`;
  await owner.must('POST', `/api/v1/spaces/${space.id}/members`, { addresses, role: 'contributor' });
  path = `/p/${space.slug}/discussion`;
  const rooms = async () => (await owner.must('GET', `/api/v1/spaces/${space.id}/rooms`)).rooms;
  await expect.poll(async () => (await rooms()).length).toBeGreaterThan(0);
  room = (await rooms()).find(({ name }) => name === 'Général').room_id;
});

test.afterAll(async () => {
  for (const visitor of [bruno, chloe]) await visitor?.context.close();
  await server?.stop();
});

const said = (visitor, text) => visitor.page.getByRole('log', { name: 'Messages' }).getByText(text, { exact: true });

test('two people open the salon in their browsers', async () => {
  for (const visitor of [bruno, chloe]) {
    await visitor.page.goto(path);
    if (test.info().project.name === 'phone') await visitor.page.getByRole('link', { name: /^Général/ }).click();
    await expect(visitor.page.getByRole('textbox', { name: /^Écrire dans/ })).toBeVisible();
  }
});

for (const client of ['nio', 'sdk', 'nheko']) {
  test(`a third talks there with ${client}`, async () => {
    const [question, answer] = [`Êtes-vous là, ${client}`, `Bonjour depuis ${client}`];
    await bruno.keyboard.write(bruno.page.getByRole('textbox', { name: /^Écrire dans/ }), question);
    await bruno.page.keyboard.press('Enter');
    await expect(said(chloe, question)).toBeVisible();
    // Debian's interpreter: matrix-nio is one of its packages.
    const words = [join(interop, 'talk.py'), client, server.url, third, server.password, room, question, answer];
    const child = spawn('/usr/bin/python3', words, { stdio: ['ignore', 'inherit', 'inherit'] });
    const ended = once(child, 'exit');
    for (const visitor of [bruno, chloe]) await expect(said(visitor, answer)).toBeVisible({ timeout: 90_000 });
    expect((await ended)[0]).toBe(0);
  });
}
