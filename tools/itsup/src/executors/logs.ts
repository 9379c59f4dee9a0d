import type { ExecutorContext } from '@nx/devkit';
import type { StackOptions } from '../inference/targets';
import { passThrough } from './compose';

interface LogsOptions extends StackOptions {
  service?: string[];
  follow?: boolean;
  tail?: number;
}

export default function logs(options: LogsOptions, { root }: ExecutorContext): Promise<{ success: boolean }> {
  return passThrough(root, options.stack, options.refusal, logsCommand(options));
}

/** The Compose command for these options. */
export function logsCommand({ service = [], follow = false, tail = 100 }: Omit<LogsOptions, keyof StackOptions>): string[] {
  return ['logs', '--tail', String(tail), ...(follow ? ['--follow'] : []), ...service];
}
