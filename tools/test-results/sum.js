'use strict';

const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { FOLDER } = require('./folder');

/** Prints `N passed, N failed, N skipped` over all Jest runs; fails when there was a failure, or no test at all. */
function main() {
  const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const counts = JSON.parse(readFileSync(join(file.parentPath ?? file.path, file.name), 'utf8'));
    for (const key of Object.keys(total)) {
      total[key] += counts[key];
    }
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

main();
