'use strict';

const { join } = require('node:path');

/** One file a task with the counts of its Jest run; an output of the task, so that a cached one is counted too. */
exports.FOLDER = join(__dirname, '../../tmp/test-results');
