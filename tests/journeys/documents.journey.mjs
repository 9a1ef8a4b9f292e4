// A page written by three at once, one of them through each unmodified provider, with the network lost in between.
import { readFileSync } from 'node:fs';
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { expect, test } from '@playwright/test';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { startServer, Visitor } from './house.mjs';

test.describe.configure({ mode: 'serial' });

let server, ada, bruno, everyone, space, id;

test.beforeAll(async ({ browser }, info) => {
  server = await startServer();
  [ada, bruno] = await Promise.all(
    ['ada', 'bruno'].map((name) => Visitor.open(browser, server, info.project.metadata, name)),
  );
  everyone = [ada, bruno];
  await ada.signIn('ada.martin@interieur.test');
  await bruno.signIn('bruno.petit@interieur.test');
});

test.afterAll(async () => {
  for (const visitor of everyone ?? []) await visitor.context.close();
  await server?.stop();
});

test.afterEach(() => {
  for (const visitor of everyone) {
    const faults = visitor.faults.splice(0).filter((fault) => !/ERR_INTERNET_DISCONNECTED|ERR_ADDRESS_UNREACHABLE/.test(fault));
    expect.soft(faults, visitor.name).toEqual([]);
  }
});

const contentOf = (visitor) => visitor.page.locator('.ProseMirror');
const stateOf = (visitor) => visitor.page.locator('.doc-state');
const textOf = (doc) => doc.getXmlFragment('default').toString();

async function cookieOf(visitor) {
  return (await visitor.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
}

/** A socket with the browser's session, as a program of that person would open. */
function socketWith(cookie) {
  return class extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols, { headers: { cookie, origin: server.url } });
    }
  };
}

function write(doc, text) {
  const paragraph = new Y.XmlElement('paragraph');
  paragraph.insert(0, [new Y.XmlText(text)]);
  doc.getXmlFragment('default').push([paragraph]);
}

test('a page is made from a template', async () => {
  const { page } = ada;
  space = await page.evaluate(async () => {
    const { csrf } = await (await fetch('/api/v1/session')).json();
    const headers = { 'Content-Type': 'application/json', 'X-Parvis-CSRF': csrf };
    const body = JSON.stringify({
      kind: 'project',
      name: 'Refonte du portail',
      description: '',
      template: 'project',
      visibility: 'closed',
      joining: 'invitation',
      members: 'bruno.petit@interieur.test',
    });
    const answer = await fetch('/api/v1/spaces', { method: 'POST', headers, body });
    return answer.json();
  });
  expect(space.slug, JSON.stringify(space)).toBeTruthy();
  await page.goto(`/p/${space.slug}/documents`);
  await ada.inspect('documents-vide');
  await page.getByRole('button', { name: 'Nouvelle page' }).click();
  await page.getByLabel('Titre').fill('Réunion du comité');
  await page.getByRole('radio', { name: 'Compte rendu' }).check();
  await page.getByRole('button', { name: 'Créer la page' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Réunion du comité');
  await expect(contentOf(ada)).toContainText('Ordre du jour');
  await expect(stateOf(ada)).toHaveText('Enregistré');
  id = new URL(page.url()).pathname.split('/').pop();
});

test('two browsers and two programs write together', async () => {
  await bruno.page.goto(`/d/${id}?modifier`);
  await expect(contentOf(bruno)).toContainText('Ordre du jour');
  const cookie = await cookieOf(bruno);
  const direct = new Y.Doc();
  const first = new WebsocketProvider(`${server.url.replace('http', 'ws')}/collaboration/yjs`, id, direct, {
    WebSocketPolyfill: socketWith(cookie),
    disableBc: true,
  });
  await expect.poll(() => textOf(direct)).toContain('Ordre du jour');
  write(direct, 'Par y-websocket.');
  const other = new Y.Doc();
  const shared = new HocuspocusProviderWebsocket({
    url: `${server.url.replace('http', 'ws')}/collaboration/hocuspocus`,
    WebSocketPolyfill: socketWith(cookie),
  });
  const second = new HocuspocusProvider({ websocketProvider: shared, name: id, document: other, token: '' });
  second.attach();
  await expect.poll(() => textOf(other)).toContain('Par y-websocket.');
  write(other, 'Par Hocuspocus.');
  for (const visitor of everyone) {
    await expect(contentOf(visitor)).toContainText('Par y-websocket.');
    await expect(contentOf(visitor)).toContainText('Par Hocuspocus.');
  }
  await contentOf(bruno).locator('p').last().click();
  await bruno.page.keyboard.press('Control+End');
  await bruno.page.keyboard.type('Bruno écrit.');
  await expect(contentOf(ada)).toContainText('Bruno écrit.');
  await expect(ada.page.locator('.doc-caret-name')).toHaveText(['Bruno Petit']);
  await expect.poll(() => textOf(direct)).toContain('Bruno écrit.');

  await bruno.context.setOffline(true);
  await bruno.page.keyboard.type(' Dans le train.');
  await expect(stateOf(bruno)).toContainText('En attente');
  write(direct, 'Pendant ce temps.');
  await expect(contentOf(ada)).toContainText('Pendant ce temps.');
  await expect(contentOf(bruno)).not.toContainText('Pendant ce temps.');
  await bruno.context.setOffline(false);
  await expect(contentOf(bruno)).toContainText('Pendant ce temps.');
  await expect(contentOf(ada)).toContainText('Dans le train.');
  await expect(stateOf(bruno)).toHaveText('Enregistré');
  await expect.poll(() => textOf(direct)).toContain('Dans le train.');
  await expect.poll(() => textOf(other)).toBe(textOf(direct));
  for (const provider of [first, second, shared]) provider.destroy();
});

test('what was written without network survives the closing of the page', async () => {
  const { page, context } = bruno;
  await contentOf(bruno).locator('p').last().click();
  await context.setOffline(true);
  await expect(stateOf(bruno)).toHaveText('Hors ligne');
  await page.keyboard.type(' Gardé ici.');
  await expect(stateOf(bruno)).toContainText('gardé sur cet appareil');
  await page.waitForTimeout(300);
  await page.close();
  await expect(contentOf(ada)).not.toContainText('Gardé ici.');
  await context.setOffline(false);
  bruno.page = await context.newPage();
  bruno.keyboard.page = bruno.page;
  bruno.watch(bruno.page);
  await bruno.page.goto(`/d/${id}?modifier`);
  await expect(contentOf(bruno)).toContainText('Gardé ici.');
  await expect(contentOf(ada)).toContainText('Gardé ici.');
});

test('blocks by the slash, and the page in both themes', async () => {
  const { page } = ada;
  await contentOf(ada).locator('p').last().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('/tabl');
  await expect(page.getByRole('listbox')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(contentOf(ada).locator('table')).toBeVisible();
  await page.keyboard.type('Jalon');
  await expect(contentOf(bruno).locator('th').first()).toContainText('Jalon');
  await expect(stateOf(ada)).toHaveText('Enregistré');
  await ada.inspect('document-edition');
  await page.goto(`/d/${id}`);
  await expect(page.locator('.doc-content')).toContainText('Jalon');
  await ada.inspect('document-lecture');
  await page.goto(`/p/${space.slug}/documents`);
  await expect(page.getByRole('link', { name: /Réunion du comité/ })).toBeVisible();
  await ada.inspect('documents');
});

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC';
let annex;

test('an image of the space, a link to another page, and search inside', async () => {
  const { page } = ada;
  annex = await page.evaluate(
    async ({ space, png }) => {
      const { csrf } = await (await fetch('/api/v1/session')).json();
      const bytes = Uint8Array.from(atob(png), (sign) => sign.charCodeAt(0));
      const sent = await fetch(`/api/v1/spaces/${space}/files?name=plan.png`, {
        method: 'POST',
        headers: { 'Content-Type': 'image/png', 'X-Parvis-CSRF': csrf },
        body: bytes,
      });
      if (!sent.ok) throw new Error(`file: ${sent.status}`);
      const made = await fetch(`/api/v1/spaces/${space}/documents`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Parvis-CSRF': csrf },
        body: JSON.stringify({ title: 'Annexe budgétaire' }),
      });
      return (await made.json()).id;
    },
    { space: space.id, png },
  );
  await page.goto(`/d/${id}?modifier`);
  await expect(contentOf(ada)).toContainText('Pendant ce temps.');
  await contentOf(ada).locator('p').last().click();
  await page.keyboard.press('Control+End');
  await page.getByRole('toolbar').getByRole('button', { name: 'Image' }).click();
  await page.getByRole('button', { name: /plan\.png/ }).click();
  await page.getByLabel('Texte de remplacement').fill('Plan du site');
  await ada.inspect('document-image');
  await page.getByRole('dialog').getByRole('button', { name: /Insérer/ }).click();
  await expect(contentOf(bruno).getByRole('img', { name: 'Plan du site' })).toBeVisible();
  await page.keyboard.press('Control+End');
  await page.evaluate(
    ([address]) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', address);
      const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.querySelector('.ProseMirror').dispatchEvent(paste);
    },
    [`${server.url}/d/${annex}`],
  );
  await expect(contentOf(bruno).getByRole('link', { name: 'Annexe budgétaire' })).toHaveAttribute('href', `/d/${annex}`);
  await page.keyboard.press('Control+f');
  await expect(page.getByRole('searchbox', { name: 'Rechercher dans la page' })).toBeFocused();
  await page.keyboard.type('ecrit');
  await expect(page.getByRole('search').getByRole('status')).toHaveText('1 sur 1');
  await expect(contentOf(ada).locator('.doc-found-on')).toHaveText('écrit');
  await ada.inspect('document-recherche');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('search')).toHaveCount(0);
  await expect(stateOf(ada)).toHaveText('Enregistré');
});

/** Selects the first occurrence of some words in the text, as dragging over them does, until the editor has taken notice: a
 * selection set from outside in the moment when a neighbour's words come in is put back by the editor. */
async function select(visitor, words) {
  await expect(async () => {
    await visitor.page.evaluate((wanted) => {
      const text = document.querySelector('.ProseMirror');
      const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.data.indexOf(wanted);
        if (at < 0) continue;
        text.focus();
        getSelection().setBaseAndExtent(node, at, node, at + wanted.length);
        return;
      }
      throw new Error(`not in the text: ${wanted}`);
    }, words);
    await expect(visitor.page.getByRole('group', { name: 'Commenter ce passage' })).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 30_000 });
}

const cardOf = (visitor, words) => visitor.page.locator('.doc-thread', { hasText: words });

test('a passage is commented, answered and settled; a suggestion is accepted', async () => {
  const { page } = bruno;
  await page.goto(`/d/${id}?modifier`);
  await expect(contentOf(bruno)).toContainText('Par Hocuspocus.');
  await select(bruno, 'Par Hocuspocus');
  await page.keyboard.press('Control+Alt+m');
  await expect(page.getByLabel('Votre commentaire')).toBeFocused();
  await page.getByLabel('Votre commentaire').fill('Est-ce bien clair, @Ada');
  await page.getByRole('button', { name: 'Ada Martin' }).click();
  await page.getByRole('button', { name: 'Publier' }).click();
  await expect(contentOf(bruno).locator('.doc-comment')).toHaveText('Par Hocuspocus');
  await expect(cardOf(bruno, 'Est-ce bien clair')).toContainText('@Ada Martin');
  await select(bruno, 'Par y-websocket');
  await page.getByRole('button', { name: 'Suggérer', exact: true }).click();
  await page.getByLabel('Texte proposé').fill('Avec y-websocket');
  await page.getByRole('button', { name: 'Publier' }).click();
  await expect(contentOf(bruno).locator('.doc-comment-suggestion')).toHaveText('Par y-websocket');
  await bruno.inspect('document-commentaires');

  await ada.page.goto('/');
  await ada.page.getByRole('button', { name: /Notifications/ }).click();
  await ada.page.getByRole('button', { name: /Est-ce bien clair, @Ada Martin/ }).click();
  await expect(ada.page).toHaveURL(/fil=/);
  await expect(cardOf(ada, 'Est-ce bien clair')).toHaveClass(/doc-thread-on/);
  await expect(contentOf(ada).locator('.doc-comment-on')).toHaveText('Par Hocuspocus');
  const question = cardOf(ada, 'Est-ce bien clair');
  await question.getByRole('button', { name: 'Répondre' }).click();
  await question.getByLabel('Votre réponse').fill('Oui, merci.');
  await question.getByRole('button', { name: 'Envoyer' }).click();
  await expect(cardOf(bruno, 'Est-ce bien clair')).toContainText('Oui, merci.');
  await ada.inspect('document-discussion');
  await cardOf(ada, 'Par y-websocket').getByRole('button', { name: 'Accepter' }).click();
  await expect(contentOf(ada)).toContainText('Avec y-websocket.');
  await expect(contentOf(bruno)).toContainText('Avec y-websocket.');
  await expect(contentOf(bruno)).not.toContainText('Par y-websocket.');
  await cardOf(bruno, 'Est-ce bien clair').getByRole('button', { name: 'Marquer comme réglé' }).click();
  await expect(contentOf(ada).locator('.doc-comment')).toHaveCount(1); // the one the address names stays in sight
  await ada.page.getByRole('radio', { name: 'Réglés (2)' }).check();
  await expect(cardOf(ada, 'Par y-websocket')).toContainText('Acceptée');
  await ada.page.getByRole('button', { name: 'Fermer les commentaires' }).click();
  await expect(ada.page.locator('.doc-side')).toHaveCount(0);
});

test('a version is named, compared, taken back; the page leaves as Markdown', async () => {
  const { page } = ada;
  await page.goto(`/d/${id}`);
  await page.getByRole('link', { name: 'Historique' }).click();
  await expect(page.getByText('Aucune version nommée')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Qui a écrit, et quand' })).toContainText('Bruno Petit');
  await page.getByRole('button', { name: 'Nommer le texte actuel' }).click();
  await page.getByLabel('Nom de la version').fill('Relu en comité');
  await page.getByRole('button', { name: 'Enregistrer la version' }).click();
  await expect(page.getByRole('list', { name: 'Versions nommées' })).toContainText('Relu en comité');
  await expect(page.getByText('Aucune différence')).toBeVisible();

  await bruno.page.goto(`/d/${id}?modifier`);
  await expect(contentOf(bruno)).toContainText('Pendant ce temps.');
  await select(bruno, 'Avec y-websocket');
  await bruno.page.keyboard.type('Grâce à y-websocket');
  await expect(stateOf(bruno)).toHaveText('Enregistré');

  await page.getByRole('button', { name: 'Nommer le texte actuel' }).click();
  await page.getByLabel('Nom de la version').fill('Validé');
  await page.getByLabel('Figer cette version').check();
  await page.getByRole('button', { name: 'Enregistrer la version' }).click();
  await page.getByLabel('Je comprends que c’est définitif.').check();
  await page.getByRole('button', { name: 'Figer la version' }).click();
  const versions = page.getByRole('list', { name: 'Versions nommées' });
  await expect(versions).toContainText('Figée');
  await versions.getByRole('listitem').filter({ hasText: 'Relu en comité' }).getByRole('button', { name: 'Comparer au texte actuel' }).click();
  await expect(page.locator('.cmp ins')).toHaveText('Grâce à');
  await expect(page.locator('.cmp del')).toHaveText('Avec');
  await expect(page.locator('.cmp')).toContainText('Ont écrit dans l’intervalle : Bruno Petit');
  await ada.inspect('document-historique');
  await versions.getByRole('listitem').filter({ hasText: 'Relu en comité' }).getByRole('button', { name: 'Revenir à cette version' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revenir à cette version' }).click();
  await expect(versions).toContainText('Avant le retour à « Relu en comité »');
  await expect(contentOf(bruno)).toContainText('Avec y-websocket.');
  await expect(contentOf(bruno)).not.toContainText('Grâce à y-websocket.');

  await page.goto(`/d/${id}`);
  await page.getByRole('button', { name: 'Autres actions' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Exporter en Markdown' }).click();
  const exported = readFileSync(await (await download).path(), 'utf8');
  expect(exported).toContain('Ordre du jour');
  expect(exported).toContain('Avec y-websocket.');
  // What a page mentions is collected every ten seconds.
  await expect(async () => {
    await page.goto(`/d/${annex}`);
    await expect(page.getByRole('navigation', { name: 'Cité dans' })).toContainText('Réunion du comité', { timeout: 1500 });
  }).toPass({ timeout: 25_000 });
});
