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
  const { code, help, path } = error as { code?: unknown; help?: unknown; path?: unknown };
  if (code === 'ENOSPC' || code === 'EDQUOT') return [diskFull(path)];
  if (typeof code === 'string') {
    const problem: Problem = { code: code.toLowerCase(), severity: 'error', message: error.message };
    return [typeof help === 'string' ? { ...problem, help } : problem];
  }
  return [{ code: 'unexpected', severity: 'error', message: error.stack ?? error.message }];
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
