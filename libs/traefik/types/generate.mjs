// Makes src/types/table.ts from Traefik's own Go types: npm run traefik-types -- v3.7.9
// Run by hand when the default version of Traefik changes. Needs Go; nothing of Traefik's is kept but the table.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

const MODULE = 'github.com/traefik/traefik/v3';
const here = import.meta.dirname;
const target = join(here, '../src/types/table.ts');

const [version] = process.argv.slice(2);
if (!/^v3\.\d+\.\d+$/.test(version ?? '')) {
  console.error('usage: npm run traefik-types -- v3.7.9');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'traefik-types-'));
try {
  const go = (...args) =>
    execFileSync('go', args, {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod -trimpath' },
    });
  const {
    Dir: source,
    Sum: sum,
    GoModSum: modSum,
  } = JSON.parse(go('mod', 'download', '-json', `${MODULE}@${version}`));
  // The same versions of everything as Traefik's own build, and empty types for the extension point that it leaves
  // open.
  const required = readFileSync(join(source, 'go.mod'), 'utf8')
    .replace(/^module .*$/m, `module traefik-types\n\nrequire ${MODULE} ${version}`)
    .replace('=> ./pkg/config/dynamic/ext', '=> ./ext');
  writeFileSync(join(folder, 'go.mod'), required);
  const sums = readFileSync(join(source, 'go.sum'), 'utf8');
  writeFileSync(
    join(folder, 'go.sum'),
    `${sums}${MODULE} ${version} ${sum}\n${MODULE} ${version}/go.mod ${modSum}\n`,
  );
  mkdirSync(join(folder, 'ext'));
  writeFileSync(join(folder, 'ext/go.mod'), 'module github.com/traefik/traefik/dynamic/ext\n\ngo 1.22\n');
  writeFileSync(join(folder, 'ext/ext.go'), 'package ext\n\ntype HTTP struct{}\n\ntype Router struct{}\n');
  copyFileSync(join(here, 'main.go'), join(folder, 'main.go'));
  writeFileSync(target, await textOf(version.slice(1), JSON.parse(go('run', '.'))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function textOf(version, { roots, types, values }) {
  const short = Object.fromEntries(
    Object.entries(types).map(([name, fields]) => [
      name,
      Object.fromEntries(
        Object.entries(fields).map(([field, { type, ...tags }]) => [
          field,
          Object.keys(tags).length === 0 ? type : { type, ...tags },
        ]),
      ),
    ]),
  );
  const text = `// Generated from Traefik's Go types by types/generate.mjs. Do not edit: npm run traefik-types -- v${version}
import type { TypeTable } from './type-table';

export const typeTable: TypeTable = ${JSON.stringify({ version, roots, values, types: short })};
`;
  return format(text, { ...(await resolveConfig(target)), filepath: target });
}
