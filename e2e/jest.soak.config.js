/** Hundreds of rollouts, hand-overs that are killed: an hour, so by hand and not in CI. */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'soak',
  testMatch: ['<rootDir>/src/soak/**/*.spec.ts'],
};
