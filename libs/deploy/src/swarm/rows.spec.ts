import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeWithCompose } from '@itsup/config/testing/describe-with-compose';
import type { ComposeModel } from '@itsup/docker';
import { parse } from 'yaml';

import { findRefusals } from './refusals/find-refusals';
import { allRefusals, type Refusal } from './refusals/refusals';

const PAGE = join(__dirname, '../../../../docs/swarm.md');

test('docs/swarm.md has the table of refusals', () => {
  const lines = allRefusals().map(({ key, does, cure }) => `| ${key} | ${does} | ${cure} |`);
  const table = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.replace(/ +/g, ' '));
  expect(lines.filter((line) => !table.includes(line))).toEqual([]);
});

/** By Compose; where this one does not know the key, the example stands for what a later one prints. */
function canonical({ of, example }: Refusal): ComposeModel {
  // What nothing uses, Compose leaves out.
  const service = of === 'service' ? `, ${example}` : example.startsWith('configs') ? ', configs: [c]' : '';
  const text = `services: {web: {image: busybox${service}}, db: {image: busybox}, redis: {image: busybox}}\n`;
  const file = of === 'file' ? `${text}${example}\n` : text;
  const folder = mkdtempSync(join(tmpdir(), 'swarm-row-'));
  try {
    writeFileSync(join(folder, 'compose.yml'), file);
    const args = ['compose', '--project-name', 'row', 'config'];
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    return parse(
      execFileSync('docker', args, { cwd: folder, encoding: 'utf8', stdio: [...stdio] }),
    ) as ComposeModel;
  } catch {
    return { name: 'row', ...(parse(file) as Omit<ComposeModel, 'name'>) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describeWithCompose('each row of the table', () => {
  test.each(allRefusals().map((row) => [row.key, row] as const))('%s', (_key, row) => {
    const found = findRefusals(canonical(row));
    expect(found.map(({ row: { does, cure } }) => ({ does, cure }))).toEqual([
      { does: row.does, cure: row.cure },
    ]);
  });
});
