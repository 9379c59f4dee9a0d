import { spawnSync } from 'node:child_process';

/** Runs a program that is no part of an engine, the package manager for one, with its output shown; its exit code. */
export function runProgram(command: string, args: readonly string[], cwd: string): number {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (error !== undefined) throw error;
  return status ?? 1;
}

/** Runs such a program without showing its output; -1: it could not be started. */
export function capture(
  command: string,
  args: readonly string[],
  cwd: string,
): { status: number; stdout: string; stderr: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { status: status ?? -1, stdout: stdout ?? '', stderr: error?.message ?? stderr ?? '' };
}
