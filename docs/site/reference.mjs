/** Pages that the product itself says: its commands' own help, its generators, its targets. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Texts of the pages by path. Needs a build. */
export function referencePages(root) {
  const product = join(root, 'tools/itsup');
  return {
    'reference/commands.md': commandsPage((...args) =>
      execFileSync(process.execPath, [join(product, 'bin/itsup.js'), ...args], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
      }).trimEnd(),
    ),
    'reference/generators.md': generatorsPage(product),
    'reference/targets.md': targetsPage(product),
  };
}

/** @param help what `itsup` prints with these arguments */
export function commandsPage(help) {
  const overview = help('--help');
  const names = [...overview.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name);
  if (names.length < 10) throw new Error(`itsup --help names no commands:\n${overview}`);
  return [
    '# Commands',
    'What `npx itsup <command> --help` prints.',
    block(overview),
    ...names.flatMap((name) => [`## itsup ${name}`, block(help(name, '--help'))]),
  ].join('\n\n');
}

function generatorsPage(product) {
  const { generators } = json(product, 'generators.json');
  const sections = Object.entries(generators).flatMap(([name, { schema, description }]) => {
    const { examples = [], ...rest } = json(product, schema);
    return [
      `## itsup:${name}`,
      rest.description ?? `${description}.`,
      options(rest),
      ...(examples.length > 0 ? [block(examples.map(example).join('\n'), 'sh')] : []),
    ];
  });
  return [
    '# Generators: every option',
    'Started with `npx nx g`; `--dry-run` shows what one would write. What they are for: [Generators](../docs/generators.md).',
    ...sections,
  ].join('\n\n');
}

function targetsPage(product) {
  const { executors } = json(product, 'executors.json');
  return [
    '# Targets: every option',
    'Each project and the proxy have targets of these executors: `npx nx deploy blog`, `npx nx run-many -t plan`. The names of targets can be [others](../docs/package.md#in-an-nx-workspace-that-there-is).',
    ...Object.entries(executors).flatMap(([name, { schema, description }]) => [
      `## itsup:${name}`,
      `${description}.`,
      options(json(product, schema)),
    ]),
  ].join('\n\n');
}

/** Options of a schema as a table, those left out that only the product itself gives. */
function options({ properties = {}, required = [] }) {
  const rows = Object.entries(properties)
    .filter(([, option]) => option['x-priority'] !== 'internal')
    .map(([name, option]) => {
      const { type, enum: values, default: preset, description = '' } = option;
      const kind =
        values === undefined ? [type].flat().join(', ') : values.map((value) => `\`${value}\``).join(', ');
      const given = required.includes(name)
        ? 'required'
        : preset === undefined
          ? ''
          : `\`${JSON.stringify(preset)}\``;
      return `| \`--${name}\` | ${cell(kind)} | ${given} | ${cell(description)} |`;
    });
  if (rows.length === 0) return 'It has no options.';
  return ['| option | value | default | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function example({ command, description }) {
  return `${command.startsWith('nx ') ? `npx ${command}` : command}   # ${description}`;
}

/** Text of a schema as one cell. */
function cell(text) {
  return String(text).replace(/\|/g, '\\|').replace(/\s+/g, ' ');
}

function block(text, language = 'text') {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function json(product, file) {
  return JSON.parse(readFileSync(join(product, file), 'utf8'));
}
