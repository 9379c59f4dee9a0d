const { readFileSync } = require('node:fs');

/**
 * Gives property tests in CI the same inputs each time, so that what refuses a change is the change. Everywhere else
 * they are other ones in each run, and a failure prints its seed; `ITSUP_PROPERTY_SEED` repeats it, or has CI try others.
 */
const seed = process.env.ITSUP_PROPERTY_SEED ?? (process.env.CI ? '20261130' : undefined);

// The hundreds of test files without a property do not load it.
if (seed !== undefined && readFileSync(expect.getState().testPath, 'utf8').includes("from 'fast-check'"))
  require('fast-check').configureGlobal({ seed: Number(seed) });
