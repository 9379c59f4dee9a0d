/**
 * What another version of the engine or of Compose would break first: a deploy, every command of the Docker layer, the
 * routes, a rollout, a hand-over, who reaches whom. A few minutes where the proxy's images are, one where they are not.
 */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'e2e-quick',
  testMatch: [
    '<rootDir>/src/deploy-an-example.spec.ts',
    '<rootDir>/src/slow/docker.spec.ts',
    '<rootDir>/src/proxy/{every-route,handover,rollout-under-load,segmentation}.spec.ts',
    '<rootDir>/src/isolation/**/*.spec.ts',
  ],
};
