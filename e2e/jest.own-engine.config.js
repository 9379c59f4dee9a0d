/** What an engine of its own is for: its restarts, its full disk. `own-engine.sh` starts it. */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'e2e-own-engine',
  testMatch: ['<rootDir>/src/own-engine/**/*.spec.ts'],
};
