import { isMapping, UserError, type Problem } from '@itsup/config';
import type { ComposeModel } from '@itsup/docker';

import type { ServiceOptions } from '../../plan/service/not-rolled';

/** Of a service without `x-itsup`. */
export const NO_OPTIONS: ServiceOptions = {
  rollout: null,
  drain: { deadlineMs: null, hook: null },
  hold: { deadlineMs: null },
};

/**
 * Reads `x-itsup:` of a service, `{rollout: true|false, drain: {deadline: seconds, command: [...]}, hold: {deadline:
 * seconds}}`. What is not understood is a problem, because a misspelt override would decide silently.
 */
export function serviceOptions(
  project: string,
  service: string,
  value: unknown,
): { options: ServiceOptions; problems: Problem[] } {
  if (value === undefined || value === null) return { options: NO_OPTIONS, problems: [] };
  const problems: Problem[] = [];
  const reject = (message: string): void => {
    problems.push({
      code: 'service-option',
      severity: 'error',
      project,
      message: `x-itsup of service ${service}: ${message}`,
      help: 'write x-itsup: {rollout: true|false, drain: {deadline: 30, command: [touch, /tmp/drain]}, hold: {deadline: 60}}',
    });
  };
  if (!isMapping(value)) {
    reject('is not a mapping');
    return { options: NO_OPTIONS, problems };
  }
  const unknown = Object.keys(value).filter((key) => !['rollout', 'drain', 'hold'].includes(key));
  if (unknown.length > 0) reject(`does not know ${unknown.join(', ')}`);
  const rollout = value['rollout'] ?? null;
  if (rollout !== null && typeof rollout !== 'boolean') reject('rollout is neither true nor false');
  const drain = value['drain'] ?? {};
  if (!isMapping(drain)) {
    reject('drain is not a mapping');
    return { options: { ...NO_OPTIONS, rollout: rollout === true }, problems };
  }
  const deadline = drain['deadline'] ?? null;
  if (deadline !== null && (typeof deadline !== 'number' || deadline < 0)) {
    reject('drain.deadline is not a number of seconds');
  }
  const command = drain['command'] ?? null;
  if (command !== null && !isArgv(command)) reject('drain.command is not a list of words');
  const hold = value['hold'] ?? {};
  const holdDeadline = isMapping(hold) ? (hold['deadline'] ?? null) : null;
  if (!isMapping(hold)) reject('hold is not a mapping');
  else if (holdDeadline !== null && (typeof holdDeadline !== 'number' || holdDeadline < 0))
    reject('hold.deadline is not a number of seconds');
  return {
    options: {
      rollout: typeof rollout === 'boolean' ? rollout : null,
      drain: {
        deadlineMs: typeof deadline === 'number' ? deadline * 1000 : null,
        hook: isArgv(command) ? command : null,
      },
      hold: { deadlineMs: typeof holdDeadline === 'number' ? holdDeadline * 1000 : null },
    },
    problems,
  };
}

function isArgv(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string');
}

/**
 * The same of all services.
 * @throws UserError with all that is not understood
 */
export function readOptions(stack: string, model: ComposeModel): Map<string, ServiceOptions> {
  const problems: Problem[] = [];
  const options = new Map<string, ServiceOptions>();
  for (const [name, service] of Object.entries(model.services)) {
    const read = serviceOptions(stack, name, service['x-itsup']);
    options.set(name, read.options);
    problems.push(...read.problems);
  }
  if (problems.length > 0) throw new UserError(problems);
  return options;
}
