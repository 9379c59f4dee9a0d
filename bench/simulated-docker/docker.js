#!/usr/bin/env node
// Stands for the docker command of an engine whose containers are listed in containers.json beside it. It answers what
// a plan and a deploy ask when nothing changed (one listing), and what has to be there before (Compose's version and
// verdicts, which need no engine). To anything else it fails: then more was asked than the benchmark promises.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const args = process.argv.slice(2);
const [command] = args;

if (command === 'ps') {
  process.stdout.write(listing(args));
} else if (command === 'compose' && args.includes('version')) {
  process.stdout.write('2.26.1\n');
} else if (command === 'compose' && args.includes('config') && args.includes('--quiet')) {
  process.exitCode = 0;
} else {
  process.stderr.write(`the simulated engine does not answer: docker ${args.join(' ')}\n`);
  process.exitCode = 1;
}

/** A line a container, as the Go template of `--format` has it: `{{json .Field}}` and `{{json (.Label "key")}}`. */
function listing(options) {
  const containers = JSON.parse(readFileSync(join(__dirname, 'containers.json'), 'utf8'));
  const format = valuesOf(options, '--format')[0] ?? '{{json .ID}}';
  const filters = valuesOf(options, '--filter').map((filter) => filter.replace(/^label=/, '').split('='));
  return containers
    .filter(({ labels }) =>
      filters.every(([key, value]) => key in labels && (value === undefined || labels[key] === value)),
    )
    .map(({ fields, labels }) =>
      format
        .replace(/\{\{json \.(\w+)\}\}/g, (_, field) => JSON.stringify(fields[field] ?? ''))
        .replace(/\{\{json \(\.Label "([^"]*)"\)\}\}/g, (_, key) => JSON.stringify(labels[key] ?? '')),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function valuesOf(options, name) {
  return options.flatMap((option, index) => (option === name ? [options[index + 1]] : []));
}
