/** What takes minutes: traps, secrets, a change of every kind. Nothing here deploys the proxy, which a host has one of. */
module.exports = {
  ...require('./jest.config.js'),
  displayName: 'e2e-slow',
  testMatch: ['<rootDir>/src/slow/**/*.spec.ts'],
  testPathIgnorePatterns: [],
  testTimeout: 300_000,
};
