import { findAvailability, type Availability } from '@itsup/e2e/availability';
import { run } from '@itsup/e2e/run';
import { generateRows } from './rows/generate';
import { recreateRows } from './rows/recreate';
import { rolloutRows } from './rows/rollout';
import { runningRows } from './rows/running';
import { sideBySideRows } from './rows/side-by-side';
import { simulatedRows } from './rows/simulated';
import { validateRows } from './rows/validate';
import type { Rounds } from './measure';
import { formatTable, keeps, type Row } from './table';
import { chooseWorkplace } from './workplace';

/** Rows that are measured together. */
interface Group {
  name: string;
  /** Why they cannot be measured on this machine; null: they can. */
  missing(): Promise<string | null>;
  full(rounds: Rounds): Promise<Row[]>;
  /** On few projects, once; null: only with an engine, which has tests of its own. */
  smoke: (() => Promise<Row[]>) | null;
}

/** Ratios are medians of as many pairs, one side after the other. */
const PAIRS = 11;
const ONCE = { warmUp: 0, counted: 1 };

const GROUPS: Group[] = [
  {
    name: 'generate',
    missing: async () => null,
    full: (rounds) => generateRows({ large: 1000, small: 100, rounds, judged: true }),
    smoke: () => generateRows({ large: 10, small: 10, rounds: ONCE, judged: false }),
  },
  {
    name: 'validate',
    missing: missingCompose,
    full: (rounds) => validateRows({ large: 1000, small: 100, rounds, judged: true }),
    smoke: null,
  },
  {
    name: 'running',
    missing: async () => missingEngine(await findAvailability()),
    full: (rounds) => runningRows({ projects: 50, rounds, judged: true }),
    smoke: null,
  },
  {
    name: 'side-by-side',
    missing: async () => missingEngine(await findAvailability()),
    full: (rounds) => sideBySideRows({ rounds, judged: true }),
    smoke: null,
  },
  {
    name: 'rollout',
    missing: async () => missingEngine(await findAvailability()),
    full: () => rolloutRows({ rolloutsOfEach: 1, script: dockerRolloutScript(), judged: true }),
    smoke: null,
  },
  {
    name: 'recreate',
    missing: async () => missingEngine(await findAvailability()),
    full: ({ counted }) => recreateRows({ recreates: 10, rollouts: counted, judged: true }),
    smoke: null,
  },
  {
    name: 'simulated',
    missing: async () => null,
    full: (rounds) => simulatedRows({ large: 1000, small: 100, rounds, judged: true }),
    smoke: () => simulatedRows({ large: 10, small: 10, rounds: ONCE, judged: false }),
  },
];

async function missingCompose(): Promise<string | null> {
  const { exitCode } = await run('docker', ['compose', 'version']).catch(() => ({ exitCode: 1 }));
  return exitCode === 0 ? null : 'there is no docker compose command';
}

/** Path of the original docker-rollout script, which is not part of this repository. */
function dockerRolloutScript(): string | null {
  return process.env['DOCKER_ROLLOUT'] ?? null;
}

function missingEngine({ engine, images, proxy }: Availability): string | null {
  return engine ?? proxy ?? Object.values(images).find((missing) => missing !== null) ?? null;
}

/**
 * `npm run bench`: every row on this machine, as a table; exits with 1 when a bound is missed.
 * `--smoke`: the same on a few projects, once, judging nothing: it only shows that the benchmark runs.
 * Names of groups measure these alone; `--pairs=5` measures fewer pairs, for a look.
 */
async function main(args: string[]): Promise<number> {
  chooseWorkplace();
  const smoke = args.includes('--smoke');
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  const pairs = Number(args.find((arg) => arg.startsWith('--pairs='))?.slice('--pairs='.length) ?? PAIRS);
  const rounds = { warmUp: 1, counted: pairs };
  const rows: Row[] = [];
  const leftOut: string[] = [];
  let failed = false;
  for (const group of GROUPS) {
    const measure = smoke ? group.smoke : () => group.full(rounds);
    if (measure === null || (wanted.length > 0 && !wanted.includes(group.name))) continue;
    const missing = await group.missing();
    if (missing !== null) leftOut.push(`${group.name}: ${missing}`);
    else {
      const began = performance.now();
      // What was measured in a quarter of an hour is shown, whatever becomes of the rest.
      const measured = await measure().catch((error: unknown) => {
        process.stderr.write(`${group.name}: ${reasonOf(error)}\n`);
        return null;
      });
      failed ||= measured === null;
      rows.push(...(measured ?? []));
      process.stderr.write(`${group.name}: ${Math.round((performance.now() - began) / 1000)} s\n`);
    }
  }
  process.stdout.write(`${formatTable(rows)}\n`);
  leftOut.forEach((line) => process.stdout.write(`left out: ${line}\n`));
  return rows.every(keeps) && !failed ? 0 : 1;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exitCode = 1;
  },
);
