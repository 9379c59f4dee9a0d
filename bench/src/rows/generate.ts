import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, runOnce, type Command } from '../measure';
import type { Row } from '../table';
import { projectName, type TreeOptions } from '../tree';
import { benchWorkspace, makeCold, type BenchWorkspace } from '../workspace';

const GENERATE = ['run-many', '-t', 'generate'];
const AFFECTED = ['affected', '-t', 'generate', '--base=HEAD'];

/** What the rows of `generate` leave for the row about growth and the one about memory. */
export interface GenerateResult {
  rows: Row[];
  /** Median seconds by measure. */
  seconds: Record<string, number>;
  peakBytes: number;
}

/**
 * Measures `generate` on a tree of its own against the same workspace doing nothing.
 *
 * @param judged whether the bounds hold for this size
 */
export async function generateRows(
  tree: TreeOptions,
  runs: number,
  judged: boolean,
): Promise<GenerateResult> {
  const ours = await benchWorkspace('itsup', tree);
  const noop = await benchWorkspace('noop', tree);
  const printed = await mkdtemp(join(tmpdir(), 'itsup-bench-loop-'));
  try {
    const cold = (workspace: BenchWorkspace): Command =>
      workspace.nx(GENERATE, () => makeCold(workspace));
    const loop: Command = {
      ...ours.nx([]),
      file: process.execPath,
      args: [join(__dirname, '../bare-loop.js'), ours.root, printed],
      before: () => rm(printed, { recursive: true, force: true }),
    };
    const size = `${tree.projects} projects`;
    const bound = (value: number): number | null => (judged ? value : null);

    const all = await compare(cold(ours), [cold(noop), loop], runs);
    const { peakBytes } = await runOnce(cold(ours), { memory: true });
    const nothing = await compare(ours.nx(GENERATE), [noop.nx(GENERATE)], runs);
    const one = await compare(
      ours.nx(AFFECTED, () => touch(ours, tree)),
      [noop.nx(AFFECTED, () => touch(noop, tree))],
      runs,
    );
    const template = await compare(
      ours.nx(GENERATE, () => appendFile(join(ours.root, TEMPLATE), `# ${Date.now()}\n`)),
      [cold(ours)],
      runs,
    );
    return {
      peakBytes,
      seconds: {
        'generate all': all.ours.median,
        'generate, nothing changed': nothing.ours.median,
        'one project changed': one.ours.median,
        'template changed': template.ours.median,
      },
      rows: [
        {
          measure: `generate all, nothing cached, ${size}`,
          against: 'doing nothing, plus a bare loop that reads, parses and prints the files',
          comparison: all,
          bound: bound(1.3),
        },
        {
          measure: `generate, nothing changed, ${size}`,
          against: 'cached targets that do nothing',
          comparison: nothing,
          bound: bound(1.2),
        },
        {
          measure: `one project changed, affected, ${size}`,
          against: 'the same, doing nothing',
          comparison: one,
          bound: bound(1.3),
        },
        {
          measure: `template changed, ${size}`,
          against: 'generate all, nothing cached',
          comparison: template,
          bound: bound(1.2),
        },
      ],
    };
  } finally {
    await Promise.all([ours.dispose(), noop.dispose(), rm(printed, { recursive: true, force: true })]);
  }
}

const TEMPLATE = 'templates/upstream/docker-compose.ingress.yml.eta';

async function touch(workspace: BenchWorkspace, tree: TreeOptions): Promise<void> {
  const file = join(workspace.root, 'projects', projectName(0, tree.prefix), 'docker-compose.yml');
  await appendFile(file, `# ${Date.now()}\n`);
}
