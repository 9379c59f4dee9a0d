module.exports = {
  ...require('../jest.preset.js'),
  displayName: 'e2e',
  globalSetup: '<rootDir>/src/harness/global-setup.ts',
  testTimeout: 60_000,
};
