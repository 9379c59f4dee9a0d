#!/usr/bin/env node
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '../dist/cli/main.js');
if (existsSync(main)) {
  require('../dist/build/compile-cache.js').keepCompiledCode();
  require(main).main();
} else {
  process.stderr.write('itsup: this workspace was not built: run npm ci, or npm run build\n');
  process.exitCode = 1;
}
