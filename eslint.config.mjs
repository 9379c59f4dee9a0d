import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const layer = (name, ...below) => ({
  sourceTag: `layer:${name}`,
  onlyDependOnLibsWithTags: [name, ...below].map((each) => `layer:${each}`),
});

const startsProcesses = ['child_process', 'node:child_process', 'execa', 'cluster', 'node:cluster'].map(
  (name) => ({
    name,
    message: 'Only libs/docker starts processes.',
  }),
);

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/__fixtures__/**',
      '**/fixtures/**',
      '.nx/**',
      'tmp/**',
      'coverage/**',
      'projects/**',
      'upstream/**',
      'proxy/**',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      // Prettier lays out code; comments are for us. Texts and patterns are found more easily in one piece.
      'max-len': [
        'error',
        {
          code: 120,
          ...{
            ignoreStrings: true,
            ignoreTemplateLiterals: true,
            ignoreRegExpLiterals: true,
            ignoreUrls: true,
          },
        },
      ],
      '@typescript-eslint/no-dynamic-delete': 'off',
      'no-console': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          // The command loads the layers when it needs them; Nx's executors need them at once.
          checkDynamicDependenciesExceptions: ['.*'],
          depConstraints: [
            layer('config'),
            layer('traefik'),
            layer('routing', 'traefik', 'config'),
            layer('artifacts', 'routing', 'traefik', 'config'),
            layer('docker'),
            layer('rollout', 'docker', 'routing', 'traefik', 'config'),
            layer('deploy', 'rollout', 'artifacts', 'docker', 'routing', 'traefik', 'config'),
            layer('host', 'deploy', 'rollout', 'docker', 'routing', 'traefik', 'config'),
            layer('scaffold', 'artifacts', 'routing', 'traefik', 'config'),
            layer(
              'tools',
              'scaffold',
              'host',
              'deploy',
              'rollout',
              'artifacts',
              'docker',
              'routing',
              'traefik',
              'config',
            ),
          ],
        },
      ],
    },
  },
  {
    files: ['libs/**/*.ts', 'tools/**/*.ts'],
    // Programs that are no part of an engine: Nx, whose worker sends messages, git, which is asked for commits, npm,
    // and another command of ours.
    ignores: [
      'libs/docker/**',
      'tools/itsup/src/cli/run-nx.ts',
      'tools/itsup/src/cli/run-own.ts',
      'tools/itsup/src/cli/deployed-mark.ts',
      'tools/itsup/src/git.ts',
      'tools/itsup/src/run-program.ts',
      // Runs the package manager and git in a new folder; has no other code of ours to ask.
      'tools/create-itsup/src/main.ts',
      '**/*.spec.ts',
      '**/testing/**',
    ],
    rules: {
      'no-restricted-imports': ['error', { paths: startsProcesses }],
      'no-restricted-syntax': [
        'error',
        ...startsProcesses.map(({ name, message }) => ({
          selector: `:matches(ImportExpression[source.value='${name}'], CallExpression[callee.name='require'][arguments.0.value='${name}'])`,
          message,
        })),
      ],
    },
  },
  {
    files: ['libs/**/*.ts'],
    // Nothing is read of the environment there: it is taken from a library that looks at it at every token.
    ignores: ['**/*.spec.ts', '**/testing/**', 'libs/config/src/yaml/without-environment.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['cwd', 'env', 'argv', 'exit', 'stdout', 'stderr'].map((property) => ({
          object: 'process',
          property,
          message: 'What a library needs of its surroundings is passed in.',
        })),
      ],
    },
  },
);
