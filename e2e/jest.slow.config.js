/**
 * What takes minutes because it waits for real: load, drains, a change of every kind. That of CrowdSec also needs the source
 * of Traefik's plugin in ITSUP_E2E_CROWDSEC_PLUGIN (src/harness/crowdsec-plugin.ts).
 */
module.exports = {
  ...require('./jest.config.js'),
  displayName: 'e2e-slow',
  testMatch: ['<rootDir>/src/slow/**/*.spec.ts'],
  testPathIgnorePatterns: [],
  testTimeout: 300_000,
};
