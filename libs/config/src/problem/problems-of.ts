import { dirname } from 'node:path';

import { UserError, type Problem } from './problem';

/**
 * What a caught error says to the operator. Mistakes of theirs and faults of the system (a full disk, a command that
 * failed) become one line with its cure; an error of ours keeps its stack, because only that helps to mend it.
 */
export function problemsOf(error: unknown): Problem[] {
  if (error instanceof UserError) {
    return error.problems;
  }
  if (!(error instanceof Error)) {
    return [{ code: 'unexpected', severity: 'error', message: String(error) }];
  }
  const { code, help, path, dest } = error as {
    code?: unknown;
    help?: unknown;
    path?: unknown;
    dest?: unknown;
  };
  // Of a copy it is the target that had no room.
  if (code === 'ENOSPC' || code === 'EDQUOT') return [diskFull(dest ?? path)];
  if (typeof code === 'string') {
    const problem: Problem = { code: code.toLowerCase(), severity: 'error', message: error.message };
    const cure = typeof help === 'string' ? help : cureOf(code, path);
    return [cure === null ? problem : { ...problem, help: cure }];
  }
  return [{ code: 'unexpected', severity: 'error', message: error.stack ?? error.message }];
}

/** What helps where the system refuses a file; null: nothing that is sure to. */
function cureOf(code: string, path: unknown): string | null {
  const at = typeof path === 'string' ? path : null;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return at === null
        ? null
        : `run it as the user who owns it, as its deploys do: ls -ld ${at} tells who that is`;
    case 'EROFS':
      return `its file system is mounted read-only: findmnt${at === null ? '' : ` --target ${dirname(at)}`} shows it`;
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open: ulimit -n tells how many one process may have, and raises it';
    default:
      return null;
  }
}

/** @param path of what could not be written, where the fault tells it */
function diskFull(path: unknown): Problem {
  const what = typeof path === 'string' ? `: ${path} could not be written` : '';
  return {
    code: 'disk-full',
    severity: 'error',
    message: `no space left on device${what}`,
    help: `make room, and run it again: df -h${typeof path === 'string' ? ` ${dirname(path)}` : ''} shows the disk, docker system df what Docker has on it`,
  };
}
