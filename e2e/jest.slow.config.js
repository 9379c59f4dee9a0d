/** What takes minutes because it waits for real: load, drains, a change of every kind. */
module.exports = {
  ...require('./jest.config.js'),
  displayName: 'e2e-slow',
  testMatch: ['<rootDir>/src/slow/**/*.spec.ts'],
  testPathIgnorePatterns: [],
  testTimeout: 300_000,
};
