/** What runs behind a real Traefik: every route, rollouts and hand-overs under load. One after the other. */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'e2e-proxy',
  testMatch: ['<rootDir>/src/proxy/**/*.spec.ts'],
};
