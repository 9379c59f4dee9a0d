/**
 * What another version of the engine or of Compose would break first: a deploy, every command of the Docker layer, the
 * routes, who reaches whom, the honeypot's answers. Five minutes where the proxy's images are, one where they are not.
 * Everything else on that engine is `e2e-every-today`.
 */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'e2e-quick',
  testMatch: [
    '<rootDir>/src/deploy-an-example.spec.ts',
    '<rootDir>/src/slow/docker.spec.ts',
    '<rootDir>/src/proxy/{every-route,segmentation}.spec.ts',
    '<rootDir>/src/isolation/{honeypot,layer2,reach,encoded-paths,pull-request}.spec.ts',
  ],
};
