import { printable } from './printable';

/**
 * A line of progress as a person wants it, or null for none: Compose and BuildKit indent theirs and write their
 * warnings as log records (`time="…" level=warning msg="…"`). What became of a container is put the same way whatever
 * the version of Compose: 2 separates it by two spaces, 5 by one.
 */
export function progressLine(raw: string): string | null {
  // Build steps steer a terminal, and do not know that nobody looks.
  const line = printable(raw).trim();
  if (line === '' || line === '---' || /^#\d+ (?:transferring|sha256:)/.test(line)) return null;
  const record = /^time="[^"]*" level=(\w+) msg=("(?:[^"\\]|\\.)*")/.exec(line);
  if (!record) return line.replace(PROGRESS, '$1 $2');
  return `${record[1]}: ${unquote(record[2] ?? '')}`;
}

function unquote(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}

const PROGRESS = /^((?:Container|Network|Volume|Image) \S+) {2,}(\S.*)$/;
