// Compares the weight of each page (brotli, as served) with budgets.json. Fails when one page is over.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const dist = new URL('../dist', import.meta.url).pathname;
const budgets = JSON.parse(readFileSync(new URL('../budgets.json', import.meta.url), 'utf8'));
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

function wire(file) {
  const path = join(dist, file);
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
}

function filesOf(key, files = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`Not in the manifest: ${key}`);
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const sheet of chunk.css ?? []) files.add(sheet);
  for (const next of chunk.imports ?? []) filesOf(next, files);
  return files;
}

const scriptsIn = (html) =>
  [...readFileSync(join(dist, html), 'utf8').matchAll(/\/(assets\/theme-[^"]+)"/g)].map((match) => match[1]);

const kb = (bytes) => Math.round((bytes / 1024) * 10) / 10;
const sum = (files) => [...files].reduce((total, file) => total + wire(file), 0);
const failures = [];
const gestured = new Set();
const rows = [];

function check(name, bytes, limitKb, requests) {
  const room = kb(limitKb * 1024 - bytes);
  rows.push({ page: name, kb: kb(bytes), limit_kb: limitKb, room_kb: room, requests });
  if (bytes > limitKb * 1024) failures.push(`${name}: ${kb(bytes)} KB, ${-room} KB over`);
}

const shell = filesOf('index.html');
for (const script of scriptsIn('index.html')) shell.add(script);

for (const [name, page] of Object.entries(budgets.pages)) {
  const html = page.html ?? 'index.html';
  const files = page.entry ? filesOf(page.entry) : new Set([...shell, ...filesOf(page.route)]);
  // What a page fetches when the person asks for more than reading, and what may then weigh more than one chunk.
  if (page.gesture) for (const file of filesOf(page.gesture)) gestured.add(file) && files.add(file);
  if (page.entry) for (const script of scriptsIn(html)) files.add(script);
  files.add(html);
  check(name, sum(files), page.limit_kb, files.size);
}

const { caps } = budgets;
check('cap: shell JS', sum([...shell].filter((file) => file.endsWith('.js'))), caps.shell_js_kb, '');
for (const chunk of Object.values(manifest)) {
  for (const file of [chunk.file, ...(chunk.css ?? [])]) {
    const limit = file.endsWith('.css')
      ? caps.css_file_kb
      : file.endsWith('.js')
        ? caps.route_chunk_kb
        : undefined;
    if (limit && wire(file) > limit * 1024 && !shell.has(file) && !gestured.has(file)) {
      failures.push(`${file}: ${kb(wire(file))} KB, cap ${limit} KB`);
    }
  }
}

console.table(rows);
for (const failure of failures) console.error(`over budget: ${failure}`);
process.exit(failures.length > 0 ? 1 : 0);
