import { generateRows } from './rows/generate';
import { formatTable, keeps, type Row } from './table';

/**
 * `npm run bench`: every row on this machine, as a table; exits with 1 when a bound is missed.
 * `--smoke`: the same on ten projects, once, judging nothing: it only shows that the benchmark runs.
 */
async function main(args: string[]): Promise<number> {
  const smoke = args.includes('--smoke');
  const rows: Row[] = [];
  const result = await generateRows({ projects: smoke ? 10 : 1000 }, smoke ? 1 : 5, !smoke);
  rows.push(...result.rows);
  process.stdout.write(`${formatTable(rows)}\n`);
  process.stdout.write(`peak memory of generate all: ${Math.round(result.peakBytes / 1024 / 1024)} MB\n`);
  return rows.every(keeps) ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  },
);
