/** One line of a service's `tmpfs:` (`/run:size=64m,mode=755`). */
export interface Tmpfs {
  target: string;
  /** Bytes; null: no limit. */
  size: number | null;
  /** Options that a stack file has no word for. */
  others: string[];
}

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** What a tmpfs is without being told. */
const DEFAULTS = ['', 'rw', 'mode=1777', 'mode=01777'];

/** Reads a line of `tmpfs:`. */
export function tmpfsOf(text: string): Tmpfs {
  const [target = '', options = ''] = text.split(/:(.*)/s);
  const tmpfs: Tmpfs = { target, size: null, others: [] };
  for (const option of options.split(',').filter((one) => !DEFAULTS.includes(one))) {
    const size = /^size=(.+)$/.exec(option)?.[1];
    const bytes = size === undefined ? null : bytesOf(size);
    if (bytes === null) tmpfs.others.push(option);
    else tmpfs.size = bytes;
  }
  return tmpfs;
}

/** `64m`, `1g` or a plain number, in bytes; null: neither (a share of the memory, `50%`). */
export function bytesOf(size: string | number): number | null {
  const match = /^(\d+)([bkmg]?)b?$/i.exec(String(size));
  if (match === null) return null;
  return Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1);
}

/** Whether the mode of a tmpfs is what it has without one. */
export function isDefaultMode(mode: string | number): boolean {
  return typeof mode === 'number' ? mode === 0o1777 : Number.parseInt(mode, 8) === 0o1777;
}
