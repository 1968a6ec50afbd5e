import jupyter from '@jupyter/eslint-plugin';
import tsPlugin from '@typescript-eslint/eslint-plugin';
import tsParser from '@typescript-eslint/parser';
import prettier from 'eslint-config-prettier';
import globals from 'globals';

const sources = [
  'src/**/*.{ts,tsx}',
  'extensions/*.ts',
  'extensions/*/src/**/*.{ts,tsx}'
];
const tests = ['**/__tests__/**', 'ui-tests/**'];

// The plugin's own set, as errors: a warning nobody reads is no rule.
const jupyterRules = Object.fromEntries(
  Object.keys(jupyter.configs['recommended-legacy'].rules).map(rule => [
    rule,
    'error'
  ])
);

export default [
  {
    ignores: [
      '**/node_modules/**',
      '**/lib/**',
      '**/labextension/**',
      '.venv/**',
      '.devnet/**',
      '**/test-results/**',
      '**/playwright-report/**'
    ]
  },
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: {
      parser: tsParser,
      parserOptions: { ecmaFeatures: { jsx: true } }
    },
    plugins: { '@typescript-eslint': tsPlugin },
    rules: {
      ...tsPlugin.configs['eslint-recommended'].overrides?.[0]?.rules,
      ...tsPlugin.configs.recommended.rules,
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-redeclare': 'off',
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-redeclare': 'off',
      'prefer-arrow-callback': 'error'
    }
  },
  {
    files: sources,
    ignores: tests,
    plugins: { jupyter },
    rules: {
      ...jupyterRules,
      // Ids and schemas of the commands: every plugin registers with them.
      'jupyter/prefer-lazy-imports': [
        'error',
        { ignoreImports: ['../commands', './commands'] }
      ]
    }
  },
  {
    files: ['schema/*.json'],
    ...jupyter.configs.recommended.find(config => config.languageOptions),
    plugins: { jupyter }
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: 'module',
      // Of the browser too: what runs in pages of tests stands among them.
      globals: { ...globals.browser, ...globals.node }
    },
    // No compiler looks at these.
    rules: { curly: ['error', 'all'], eqeqeq: 'error', 'no-undef': 'error' }
  },
  prettier
];
