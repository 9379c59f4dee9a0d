import { ratioOf, type Spread } from './measure';

/** One line of the table in README.md of this folder. */
export interface Row {
  /** What was measured. */
  measure: string;
  /** What it was held against. */
  against: string;
  ours: string;
  other: string;
  ratio: number;
  /** The same of processor time; absent: nobody looked, or it says nothing. */
  cpuRatio?: number;
  /** The ratio must not be above it; null: measured, not judged. */
  bound: number | null;
}

/** A row of times, medians with their spread. */
export function timeRow(row: {
  measure: string;
  against: string;
  ours: Spread;
  other: Spread;
  bound: number | null;
}): Row {
  const { ours, other } = row;
  return {
    ...row,
    ours: seconds(ours),
    other: seconds(other),
    ratio: ratioOf(ours.values, other.values) ?? NaN,
    cpuRatio: ratioOf(ours.cpu, other.cpu) ?? undefined,
  };
}

/** `2.41 s (2.30–2.66)`, or in milliseconds what is shorter than a tenth of a second. */
export function seconds({ median, min, max }: Spread): string {
  const [factor, digits, unit] = median < 0.1 ? [1000, 1, 'ms'] : [1, 2, 's'];
  const figure = (value: number): string => (value * factor).toFixed(digits);
  return `${figure(median)} ${unit} (${figure(min)}–${figure(max)})`;
}

/** Whether a row keeps its bound. */
export function keeps(row: Row): boolean {
  return row.bound === null || row.ratio <= row.bound;
}

/** The rows as a Markdown table. */
export function formatTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const verdict = row.bound === null ? '' : keeps(row) ? `${row.bound} ×` : `${row.bound} × **missed**`;
    const cpu = row.cpuRatio === undefined ? '' : times(row.cpuRatio);
    return [row.measure, row.against, row.ours, row.other, times(row.ratio), cpu, verdict];
  });
  const header = ['measure', 'against', 'ours', 'against it', 'ratio', 'of processor time', 'bound'];
  return [header, header.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}
