import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { finish, themeScript, wouterOnPreact } from './build/plugins.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  plugins: [
    wouterOnPreact(path('src/lib/router/wouter-deps.ts')),
    themeScript(path('src/app/theme-boot.js')),
    finish(path('dist')),
  ],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: [
      { find: /^react\/jsx-runtime$/, replacement: 'preact/jsx-runtime' },
      { find: /^react$/, replacement: 'preact/compat' },
      { find: /^react-dom$/, replacement: 'preact/compat' },
    ],
    dedupe: ['preact'],
  },
  build: {
    target: 'es2022',
    manifest: true,
    // Fonts and pictures stay files: the content security policy has no data: for fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Compressed sizes are checked by `npm run budgets`, on the files really served.
    reportCompressedSize: false,
    rolldownOptions: {
      // Libraries mark their client modules for server frameworks; there is no such server here.
      onLog(level, log, defaultHandler) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') defaultHandler(level, log);
      },
      input: {
        index: path('index.html'),
        connexion: path('connexion.html'),
        visio: path('visio.html'),
        sw: path('src/sw/worker.ts'),
      },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        // What the app and the meeting's page both ask of the server: one file rather than a crumb for each module.
        codeSplitting: {
          groups: [
            {
              name: 'data',
              test: /src\/lib\/(api|query|live|action|unread|files\/upload|meetings\/meet-button)/,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/_matrix': 'http://127.0.0.1:8080' } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test/setup.ts'],
    restoreMocks: true,
    server: { deps: { inline: ['wouter', 'virtua', '@testing-library/preact'] } },
  },
});
