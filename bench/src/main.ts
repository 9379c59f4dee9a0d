import { generateRows } from './rows/generate';
import { simulatedRows } from './rows/simulated';
import { formatTable, keeps, type Row } from './table';

interface Group {
  name: string;
  full(): Promise<Row[]>;
  smoke(): Promise<Row[]>;
}

const ROUNDS = { warmUp: 1, counted: 3 };
const ONCE = { warmUp: 0, counted: 1 };

const GROUPS: Group[] = [
  {
    name: 'generate',
    full: () => generateRows({ large: 1000, small: 100, rounds: ROUNDS, judged: true }),
    smoke: () => generateRows({ large: 20, small: 10, rounds: ONCE, judged: false }),
  },
  {
    name: 'simulated',
    full: () => simulatedRows({ many: 500, few: 50, large: 1000, small: 100, rounds: ROUNDS, judged: true }),
    smoke: () => simulatedRows({ many: 20, few: 10, large: 20, small: 10, rounds: ONCE, judged: false }),
  },
];

/**
 * `npm run bench`: every row on this machine, as a table; exits with 1 when a bound is missed.
 * `--smoke`: the same on a few projects, once, judging nothing: it only shows that the benchmark runs.
 * Names of groups of rows measure these alone.
 */
async function main(args: string[]): Promise<number> {
  const smoke = args.includes('--smoke');
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  const rows: Row[] = [];
  for (const group of GROUPS) {
    if (wanted.length > 0 && !wanted.includes(group.name)) continue;
    rows.push(...(await (smoke ? group.smoke() : group.full())));
  }
  process.stdout.write(`${formatTable(rows)}\n`);
  return rows.every(keeps) ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
