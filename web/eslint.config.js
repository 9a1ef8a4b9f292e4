import js from '@eslint/js';
import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

/** A feature may use the kit, the library and the protocol clients, never another feature. */
const features = [
  'home',
  'messages',
  'spaces',
  'space',
  'settings',
  'admin',
  'sobriety',
  'site',
  'documents',
];

const crossFeature = features.map((name) => ({
  files: [`src/features/${name}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: [
          { name: 'react', message: 'Import from preact.' },
          { name: 'react-dom', message: 'Import from preact.' },
        ],
        patterns: features
          .filter((other) => other !== name)
          .map((other) => ({
            group: [`**/features/${other}/**`, `../${other}/**`, `../../${other}/**`, `../../../${other}/**`],
            message: 'A feature does not import another: move what both need down into lib or ui.',
          })),
      },
    ],
  },
}));

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/ui/icons.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'jsx-a11y': a11y, 'react-hooks': hooks },
    rules: {
      ...a11y.flatConfigs.strict.rules,
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      'jsx-a11y/no-autofocus': 'off',
      // Lists made into list boxes: the search box above them has the focus and the keys.
      'jsx-a11y/no-noninteractive-element-to-interactive-role': [
        'error',
        { ul: ['listbox'], li: ['option'] },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'react', message: 'Import from preact.' },
            { name: 'react-dom', message: 'Import from preact.' },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML)$/]', message: 'Build nodes.' },
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'Build nodes.' },
        { selector: "CallExpression[callee.property.name='insertAdjacentHTML']", message: 'Build nodes.' },
      ],
      'max-lines': ['error', 300],
    },
  },
  ...crossFeature,
  // The contract with the server is one file, to be read as one text.
  { files: ['src/lib/api/schema.ts'], rules: { 'max-lines': 'off' } },
  {
    files: ['**/*.test.{ts,tsx}', 'e2e/**/*.ts'],
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        document: 'readonly',
        localStorage: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        window: 'readonly',
        fetch: 'readonly',
        navigator: 'readonly',
        matchMedia: 'readonly',
      },
    },
  },
);
