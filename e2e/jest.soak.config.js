/** Hundreds of rollouts: half an hour and more, so by hand and not in CI. */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'soak',
  testMatch: ['<rootDir>/src/soak/**/*.spec.ts'],
};
