/** A Docker Swarm: `own-engine.sh --swarm` starts an engine that can be in one. */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'e2e-swarm',
  testTimeout: 900_000,
  testMatch: ['<rootDir>/src/swarm/**/*.spec.ts'],
};
