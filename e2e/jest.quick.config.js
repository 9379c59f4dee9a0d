/**
 * What another version of the engine or of Compose would break first: a deploy, every command of the Docker layer, the
 * routes, who reaches whom, the honeypot's answers. Seven minutes where the proxy's images are, two where they are not.
 * Everything else on that engine is `e2e-every` or `e2e-every-today`.
 */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'e2e-quick',
  testMatch: [
    '<rootDir>/src/deploy-an-example.spec.ts',
    '<rootDir>/src/slow/docker.spec.ts',
    '<rootDir>/src/proxy/{every-route,segmentation}.spec.ts',
    '<rootDir>/src/isolation/{access-log,deploy-without-root,encoded-paths,honeypot,layer2,pull-request,reach}.spec.ts',
  ],
};
