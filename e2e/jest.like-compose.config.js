/** Each project and each change twice: by `docker compose up -d`, and by a deploy. `own-engine.sh` starts the engine for them. */
module.exports = {
  ...require('./jest.slow.config.js'),
  displayName: 'e2e-like-compose',
  testMatch: ['<rootDir>/src/like-compose/**/*.spec.ts'],
};
