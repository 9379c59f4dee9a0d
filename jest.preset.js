/** What every project's jest.config.js spreads: TypeScript through swc, workspace packages from their sources. */
module.exports = {
  testEnvironment: 'node',
  reporters: ['default', require.resolve('./tools/test-results/reporter.js')],
  // Two projects are tested at a time at first; the largest is left alone with all cores in the end.
  maxWorkers: '100%',
  // A busy machine is no failure.
  testTimeout: 30_000,
  setupFilesAfterEnv: [require.resolve('./tools/test-results/property-seed.js')],
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs', ignoreDynamic: true },
      },
    ],
  },
  // A workspace package is its source in tests, so that a test never runs a stale build.
  testEnvironmentOptions: { customExportConditions: ['@itsup/source', 'node', 'require', 'default'] },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
