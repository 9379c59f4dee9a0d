import { clearScreenDown, moveCursor } from 'node:readline';
import { describeWait, type Display } from './wait';

/** A terminal that lines are overwritten on. */
export type LiveStream = NodeJS.WritableStream & { columns?: number; rows?: number };

const COLUMNS = 80;
const ROWS = 24;

/** A line a stack at the end of the terminal, drawn again and again. */
export function liveDisplay(stream: LiveStream): Display {
  let lines: string[] = [];
  const erase = (): void => {
    if (lines.length === 0) return;
    moveCursor(stream, 0, -lines.length);
    clearScreenDown(stream);
  };
  const draw = (): void => {
    if (lines.length > 0) stream.write(`${lines.join('\n')}\n`);
  };
  return {
    refresh: (waits, now) => {
      const width = Math.max(0, ...waits.map(({ stack }) => stack?.length ?? 0));
      const described = waits.map(
        (wait) => `${(wait.stack ?? '').padEnd(width)}  ${describeWait(wait, now)}`,
      );
      // A line that wraps, or that left the screen, could not be erased.
      // Some terminals say 0 for what they do not know.
      const columns = stream.columns || COLUMNS;
      const rows = stream.rows || ROWS;
      erase();
      lines = fitted(described, rows - 1).map((line) => cut(line, columns - 1));
      draw();
    },
    aside: (write) => {
      erase();
      write();
      draw();
    },
  };
}

function fitted(lines: string[], most: number): string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more`];
}

function cut(line: string, length: number): string {
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
