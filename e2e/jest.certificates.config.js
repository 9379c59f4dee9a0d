/** Certificates, behind a real Traefik and an ACME authority of the machine. `own-engine.sh` starts the engine for them. */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'e2e-certificates',
  testMatch: ['<rootDir>/src/certificates/**/*.spec.ts'],
};
