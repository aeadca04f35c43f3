import js from '@eslint/js'
import tseslint from 'typescript-eslint'

/** Limits of STYLE: a file is one thing, a function fits on a screen. */
const FILE_LINES_MAX = 300
const FUNCTION_LINES_MAX = 70

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'test/architecture/*.js'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['packages/*/tsconfig.json', 'test/tsconfig.json'],
        tsconfigRootDir: `${import.meta.dirname}/../..`,
      },
    },
    rules: {
      'max-lines': ['error', { max: FILE_LINES_MAX, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: FUNCTION_LINES_MAX, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
      ],
      // pg's own enum of type ids is not what its parsers take.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      'no-restricted-globals': ['error', { name: 'process', message: 'Only a main touches process.' }],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
    },
  },
  {
    files: ['**/main.ts', 'bootstrap.mjs', '**/*.config.ts', 'test/vitest-*.ts', '**/test/**'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-syntax': 'off' },
  },
  // Which user, platform and binaries there are is what this folder is about.
  { files: ['packages/service/src/database/embedded/**'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['**/test/**'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // Grafana reads files in the classic format; what the SDK prefers is what its API takes.
    files: ['deploy/grafana/**'],
    rules: {
      '@typescript-eslint/no-deprecated': [
        'error',
        {
          allow: [
            { from: 'package', name: ['Dashboard', 'DashboardBuilder'], package: '@grafana/grafana-foundation-sdk' },
          ],
        },
      ],
    },
  },
  {
    // Judges by the business record and the description: a decoder's bug must not be shared by all checkers.
    files: ['packages/business-lookup/src/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@callback-quorum/chains',
              allowImportNames: [
                'AddressKey',
                'Asset',
                'AssetRegistry',
                'canonicalizeAddress',
                'CanonicalAddress',
                'Chain',
                'ChainsFault',
                'parseAmount',
              ],
              message: 'Of chains, business-lookup uses addresses, assets and amounts alone.',
            },
          ],
        },
      ],
    },
  },
  { files: ['bootstrap.mjs'], ...tseslint.configs.disableTypeChecked },
  { files: ['bootstrap.mjs'], languageOptions: { parserOptions: { project: null }, globals: { process: 'readonly' } } },
)
