import type { Comparison } from './measure';

/** One line of the table in README.md of this folder. */
export interface Row {
  /** What was measured. */
  measure: string;
  /** What it was held against. */
  against: string;
  comparison: Comparison;
  /** The ratio must not be above it; null: measured, not judged. */
  bound: number | null;
}

/** Whether a row keeps its bound. */
export function keeps(row: Row): boolean {
  return row.bound === null || row.comparison.ratio <= row.bound;
}

/** The rows as a Markdown table; times are medians in seconds with their spread. */
export function formatTable(rows: Row[]): string {
  const header = '| measure | against | ours | against it | ratio | bound | |';
  const rule = '| --- | --- | --- | --- | --- | --- | --- |';
  const lines = rows.map((row) => {
    const { ours, other, ratio } = row.comparison;
    const bound = row.bound === null ? '' : `${row.bound} ×`;
    const verdict = row.bound === null ? '' : keeps(row) ? 'kept' : '**missed**';
    return `| ${row.measure} | ${row.against} | ${spread(ours)} | ${spread(other)} | ${ratio.toFixed(2)} | ${bound} | ${verdict} |`;
  });
  return [header, rule, ...lines].join('\n');
}

function spread({ median, min, max }: { median: number; min: number; max: number }): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}
