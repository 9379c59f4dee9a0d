import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commit } from '@itsup/e2e/checkout';
import { growthRow } from '../growth';
import { fewerOf, interleave, peakMemoryOf, sum, type Command, type Rounds } from '../measure';
import { timeRow, type Row } from '../table';
import { benchWorkspace, makeCold, touchProject, type BenchWorkspace } from '../workspace';

const GENERATE = ['run-many', '-t', 'generate'];
const AFFECTED = ['affected', '-t', 'generate', '--base=HEAD'];
const TEMPLATE = 'templates/upstream/docker-compose.ingress.yml.eta';
const MEMORY_BOUND = 512 * 1024 * 1024;

/** Sizes of the two trees, and how often everything is measured on them. */
export interface Plan {
  large: number;
  small: number;
  rounds: Rounds;
  /** Whether the bounds hold for these sizes. */
  judged: boolean;
}

/** `generate` on a large tree, held against the same workspace doing nothing, and against a small tree. */
export async function generateRows({ large, small, rounds, judged }: Plan): Promise<Row[]> {
  const ours = await benchWorkspace('itsup', { projects: large });
  const noop = await benchWorkspace('noop', { projects: large });
  const few = await benchWorkspace('itsup', { projects: small });
  const printed = await mkdtemp(join(tmpdir(), 'itsup-bench-loop-'));
  try {
    const all = await interleave(
      { ours: cold(ours), noop: cold(noop), loop: bareLoop(ours, printed) },
      rounds,
    );
    const grown = await interleave(
      {
        all: cold(ours),
        few: cold(few),
        template: templateChanged(ours),
        templateFew: templateChanged(few),
      },
      fewerOf(rounds),
    );
    // A template that git does not have makes every project affected.
    for (const { root } of [ours, few]) await commit(root, 'Change the template');
    const nothing = await interleave(
      { ours: ours.nx(GENERATE), noop: noop.nx(GENERATE), few: few.nx(GENERATE) },
      rounds,
    );
    const one = await interleave(
      { ours: oneChanged(ours), noop: oneChanged(noop), few: oneChanged(few) },
      rounds,
    );
    const peakBytes = await peakMemoryOf(cold(ours));

    const bound = (value: number): number | null => (judged ? value : null);
    const sizes = { large, small };
    const measures = {
      all: `generate all, nothing cached, ${large} projects`,
      nothing: 'generate, nothing changed',
      one: 'one project changed, `nx affected -t generate`',
      template: 'template changed',
    };
    return [
      timeRow({
        measure: measures.all,
        against: 'executors that do nothing, plus a bare loop that reads, parses and prints the same files',
        ours: all.ours,
        other: sum(all.noop, all.loop),
        bound: bound(1.2),
      }),
      timeRow({
        measure: measures.nothing,
        against: 'cached targets that do nothing',
        ours: nothing.ours,
        other: nothing.noop,
        bound: bound(1.1),
      }),
      timeRow({
        measure: measures.one,
        against: 'the same with targets that do nothing',
        ours: one.ours,
        other: one.noop,
        bound: bound(1.1),
      }),
      timeRow({
        measure: measures.template,
        against: 'generate all, nothing cached',
        ours: grown.template,
        other: grown.all,
        bound: bound(1.2),
      }),
      memoryRow(peakBytes, judged),
      growthRow({ measure: 'generate all', large: grown.all, small: grown.few, sizes, judged }),
      growthRow({ measure: measures.nothing, large: nothing.ours, small: nothing.few, sizes, judged }),
      growthRow({ measure: 'one project changed', large: one.ours, small: one.few, sizes, judged }),
      growthRow({
        measure: measures.template,
        large: grown.template,
        small: grown.templateFew,
        sizes,
        judged,
      }),
    ];
  } finally {
    await Promise.all([...[ours, noop, few].map((each) => each.dispose()), rm(printed, { recursive: true })]);
  }
}

function cold(workspace: BenchWorkspace): Command {
  return workspace.nx(GENERATE, () => makeCold(workspace));
}

function oneChanged(workspace: BenchWorkspace): Command {
  return workspace.nx(AFFECTED, () => touchProject(workspace));
}

function templateChanged(workspace: BenchWorkspace): Command {
  return workspace.nx(GENERATE, () => appendFile(join(workspace.root, TEMPLATE), `# ${Date.now()}\n`));
}

function bareLoop(workspace: BenchWorkspace, out: string): Command {
  return {
    file: process.execPath,
    args: [join(__dirname, '../bare-loop.js'), workspace.root, out],
    cwd: workspace.root,
    env: workspace.env,
    before: () => rm(out, { recursive: true, force: true }),
  };
}

function memoryRow(peakBytes: number, judged: boolean): Row {
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
  return {
    measure: 'memory of all processes at its peak, generate all',
    against: 'a limit',
    ours: megabytes(peakBytes),
    other: megabytes(MEMORY_BOUND),
    ratio: peakBytes / MEMORY_BOUND,
    bound: judged ? 1 : null,
  };
}
