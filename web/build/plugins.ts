import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { precompress } from './precompress.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 8);

/**
 * The theme must be known before the first paint and the page forbids inline scripts:
 * a tiny classic script, hashed like the other assets, is the first thing in <head>.
 */
export function themeScript(source: string): Plugin {
  let development = false;
  const body = () => readFileSync(source, 'utf8').replace(/^\/\*[\s\S]*?\*\/\s*/, '');
  return {
    name: 'parvis-theme-script',
    configResolved(config) {
      development = config.command === 'serve';
    },
    generateBundle() {
      const text = body();
      this.emitFile({ type: 'asset', fileName: `assets/theme-${hash(text)}.js`, source: text });
    },
    transformIndexHtml() {
      const src = development ? '/src/app/theme-boot.js' : `/assets/theme-${hash(body())}.js`;
      return [{ tag: 'script', attrs: { src }, injectTo: 'head-prepend' }];
    },
  };
}

type Manifest = Record<string, { file: string; css?: string[]; imports?: string[]; isEntry?: boolean }>;

function closure(manifest: Manifest, key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const sheet of chunk.css ?? []) seen.add(sheet);
  for (const next of chunk.imports ?? []) closure(manifest, next, seen);
  return seen;
}

/** Gives the service worker the list of the shell's files, then compresses everything from disk. */
export function finish(outDir: string): Plugin {
  return {
    name: 'parvis-finish',
    apply: 'build',
    closeBundle() {
      const manifest = JSON.parse(readFileSync(join(outDir, '.vite/manifest.json'), 'utf8')) as Manifest;
      const index = readFileSync(join(outDir, 'index.html'), 'utf8');
      const theme = [...index.matchAll(/\/(assets\/theme-[^"]+)"/g)].map((match) => match[1] ?? '');
      const shell = [...closure(manifest, 'index.html'), ...theme].map((file) => `/${file}`);
      const worker = join(outDir, 'sw.js');
      const code = readFileSync(worker, 'utf8');
      const filled = code
        .replace(/(["'`])__SHELL__\1/, JSON.stringify(JSON.stringify(shell)))
        .replace('__VERSION__', hash(index));
      if (filled === code) throw new Error('The service worker has no place for the list of files.');
      writeFileSync(worker, filled);
      precompress(outDir);
    },
  };
}

/** See src/lib/router/wouter-deps.ts. */
export function wouterOnPreact(replacement: string): Plugin {
  return {
    name: 'parvis-wouter-on-preact',
    enforce: 'pre',
    resolveId(source, importer) {
      return source.endsWith('/react-deps.js') && importer?.includes('wouter') ? replacement : null;
    },
  };
}
