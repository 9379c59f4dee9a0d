module.exports = {
  ...require('../jest.preset.js'),
  displayName: 'e2e',
  globalSetup: '<rootDir>/src/harness/global-setup.ts',
  // What is in a folder has a configuration of its own.
  testMatch: ['<rootDir>/src/*.spec.ts'],
  // A bound for what hangs, with room for a machine that has other things to do.
  testTimeout: 180_000,
};
