// The real server with four people, and browsers whose every fault is noted.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import { Keyboard } from './keyboard.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function startServer() {
  const child = spawn('python3', [join(root, 'tests/tools/server.py'), '--web', join(root, 'web/dist')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const first = await new Promise((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', () => reject(new Error('The server did not start.')));
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    ...JSON.parse(first),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** The text of the last mail to an address, as the outbox folder holds it. */
export function lastMail(data, address) {
  const folder = join(data, 'outbox');
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((text) => text.includes(address));
  const raw = found.at(-1);
  if (!raw) throw new Error(`No mail to ${address}.`);
  const [head, ...rest] = raw.split(/\r?\n\r?\n/);
  const body = rest.join('\n\n');
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(head)) return body;
  const bytes = body
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** One person's browser. `faults` must stay empty: console errors, policy violations, requests to other hosts. */
export class Visitor {
  faults = [];

  static async open(browser, server, { width, height }, name) {
    const context = await browser.newContext({
      viewport: { width, height },
      hasTouch: width < 500,
      baseURL: server.url,
      reducedMotion: 'reduce',
    });
    const visitor = new Visitor();
    Object.assign(visitor, { context, server, name, width });
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
      );
    });
    visitor.page = await context.newPage();
    visitor.keyboard = new Keyboard(visitor.page);
    visitor.watch(visitor.page);
    return visitor;
  }

  watch(page) {
    page.on('console', (message) => {
      // The browser writes an error for each refused request; being refused is part of some journeys.
      const refused = /Failed to load resource.*status of (401|403|404)/.test(message.text());
      if (message.type() === 'error' && !refused) this.faults.push(`${this.name}: console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.faults.push(`${this.name}: ${error.message}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && url.host !== new URL(this.server.url).host)
        this.faults.push(`${this.name}: request to ${url.host}`);
    });
  }

  async signIn(email) {
    await this.page.goto('/connexion');
    await this.keyboard.write(this.page.getByLabel('Adresse électronique professionnelle'), email);
    await this.keyboard.write(this.page.getByLabel('Mot de passe', { exact: true }), this.server.password);
    await this.keyboard.press(this.page.getByRole('button', { name: 'Se connecter' }));
    await expect(this.page).not.toHaveURL(/connexion/);
  }

  /** axe in both themes, no sideways scrolling, and a picture to look at. */
  async inspect(name) {
    const { page } = this;
    const folder = join(root, 'build/journeys/screens');
    mkdirSync(folder, { recursive: true });
    await expect(page.locator('.skeleton')).toHaveCount(0);
    for (const theme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForTimeout(150); // transitions of colour, which axe would read half-way
      await page.screenshot({ path: join(folder, `${name}-${this.width}-${theme}.png`) });
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const result = await window.axe.run(document, {
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
        });
        return result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
      });
      for (const violation of violations) this.faults.push(`${this.name}: ${name}, ${theme}: axe ${violation}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (beyond > 0) this.faults.push(`${this.name}: ${name}: ${beyond} px wider than the window`);
  }
}
