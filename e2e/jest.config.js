module.exports = {
  ...require('../jest.preset.js'),
  displayName: 'e2e',
  globalSetup: '<rootDir>/src/harness/global-setup.ts',
  testPathIgnorePatterns: ['<rootDir>/src/(slow|proxy|soak|own-engine|isolation)/'],
  // A bound for what hangs, with room for a machine that has other things to do.
  testTimeout: 180_000,
};
