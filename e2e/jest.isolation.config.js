/** Attacks: who reaches whom and what, beside and behind a real Traefik. `own-engine.sh` starts the engine for them. */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'e2e-isolation',
  testMatch: ['<rootDir>/src/isolation/**/*.spec.ts'],
};
