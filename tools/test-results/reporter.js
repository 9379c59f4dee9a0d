'use strict';

const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { FOLDER } = require('./folder');

/** A Jest reporter that leaves the counts of a run for sum.js; silent outside Nx. */
module.exports = class CountReporter {
  onRunComplete(_contexts, results) {
    const { NX_TASK_TARGET_PROJECT: project, NX_TASK_TARGET_TARGET: target } = process.env;
    if (project === undefined || target === undefined) {
      return;
    }
    const file = join(FOLDER, `${project}.${target}.json`);
    mkdirSync(dirname(file), { recursive: true });
    const counts = {
      passed: results.numPassedTests,
      // A file that does not load has no tests to count, yet it failed.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(file, `${JSON.stringify(counts)}\n`);
  }
};
