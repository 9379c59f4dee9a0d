/** What is asked of a repository that has the product installed: `node tools/release/test-packed.mjs documentation`. */
module.exports = {
  ...require('./jest.config.js'),
  displayName: 'e2e-packed',
  globalSetup: undefined,
  testMatch: ['<rootDir>/src/packed/**/*.spec.ts'],
};
