/** Every test but the soak and those of what is packed: for the engines that the documents call tested. */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'e2e-every',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  testPathIgnorePatterns: ['<rootDir>/src/soak/', '<rootDir>/src/packed/'],
};
