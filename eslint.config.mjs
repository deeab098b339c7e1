import js from '@eslint/js';
import jsdoc from 'eslint-plugin-jsdoc';
import globals from 'globals';
import lit from 'eslint-plugin-lit';
import litA11y from 'eslint-plugin-lit-a11y';
import wc from 'eslint-plugin-wc';
import tseslint from 'typescript-eslint';
import { defineConfig } from 'eslint/config';

// ESLint checks types, sizes and code rules. Import rules and cycles are checked by dependency-cruiser (.dependency-cruiser.mjs).
const NO_HTML_STRINGS = 'Do not create HTML from strings: create nodes instead (SECURITY.md).';
const HTML_PROPERTIES = ['innerHTML', 'outerHTML', 'insertAdjacentHTML'].map((property) => ({
  property,
  message: NO_HTML_STRINGS,
}));

export default defineConfig(
  {
    ignores: [
      '**/dist/**',
      'coverage/**',
      'docs/api/**',
      '.vitest-attachments/**',
      // Checked by the compilers of Vue and Svelte, which understand .vue and .svelte files.
      'examples/{vue,svelte}/**',
      'examples/next/{.next/**,next-env.d.ts}',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          'packages/*/tsconfig.json',
          'packages/protocol/src/conformance/tsconfig.json',
          'tsconfig.test.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // Numbers in template literals need no conversion.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: [
      'packages/*/src/**/*.ts',
      'packages/gateway/demo/**/*.ts',
      'e2e/**/*.ts',
      'bench/**/*.ts',
      'scripts/**/*.mjs',
    ],
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 3],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Use a named export. A file is named after its main export.',
        },
        { selector: 'ExportAllDeclaration[exported=null]', message: 'Re-export each name explicitly.' },
      ],
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: {
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      'no-console': 'error',
    },
  },
  {
    // Every exported name has a docstring: what it is, shapes, units, errors.
    files: ['packages/*/src/**/*.ts', 'packages/gateway/demo/**/*.ts'],
    ignores: ['**/*.test.ts'],
    plugins: { jsdoc },
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          enableFixer: false,
          publicOnly: { esm: true },
          checkConstructors: false,
          require: { FunctionDeclaration: true, ClassDeclaration: true },
          contexts: [
            'ExportNamedDeclaration > TSInterfaceDeclaration',
            'ExportNamedDeclaration > TSTypeAliasDeclaration',
            'ExportNamedDeclaration > VariableDeclaration',
          ],
        },
      ],
    },
  },
  {
    files: ['packages/widget/src/**/*.ts'],
    extends: [lit.configs['flat/recommended'], wc.configs['flat/best-practice']],
    plugins: { 'lit-a11y': litA11y },
    settings: {
      lit: { elementBaseClasses: ['ReactiveElement'] },
      wc: { elementBaseClasses: ['ReactiveElement'] },
    },
    rules: {
      ...litA11y.configs.recommended.rules,
      'lit-a11y/no-aria-slot': 'off',
      // The base class has every callback, which the compiler checks.
      'wc/guard-super-call': 'off',
      'no-restricted-properties': ['error', ...HTML_PROPERTIES],
    },
  },
  {
    files: ['packages/widget/src/**/*.ts', 'packages/protocol/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...HTML_PROPERTIES,
        { object: 'Array', property: 'from', message: 'Prototype.js replaces it; spread the iterable.' },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/testing/**/*.ts', 'e2e/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  { files: ['*.config.ts', '*.config.mjs', 'examples/**'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
  { files: ['examples/*/src/**/*.js'], languageOptions: { globals: globals.browser } },
);
