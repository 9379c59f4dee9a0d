import { deadlineMs, readServiceOptions, UserError, type Problem } from '@itsup/config';
import type { ComposeModel } from '@itsup/docker';

import type { ServiceOptions } from '../plan/service/not-rolled';

/** Of a service without `x-itsup`. */
export const NO_OPTIONS: ServiceOptions = {
  rollout: null,
  start: { deadlineMs: null },
  drain: { deadlineMs: null, hook: null },
  hold: { deadlineMs: null },
};

/**
 * Reads `x-itsup:` of a service. What is not understood is a problem, because a misspelt override would decide
 * silently.
 */
export function serviceOptions(
  project: string,
  service: string,
  value: unknown,
): { options: ServiceOptions; problems: Problem[] } {
  const { options, faults } = readServiceOptions(value);
  if (options === null)
    return { options: NO_OPTIONS, problems: faults.map((fault) => problemOf(project, service, fault)) };
  return {
    options: {
      rollout: options.rollout ?? null,
      start: { deadlineMs: deadlineMs(options.start?.deadline) },
      drain: { deadlineMs: deadlineMs(options.drain?.deadline), hook: options.drain?.command ?? null },
      hold: { deadlineMs: deadlineMs(options.hold?.deadline) },
    },
    problems: [],
  };
}

function problemOf(project: string, service: string, fault: string): Problem {
  return {
    code: 'service-option',
    severity: 'error',
    project,
    message: `x-itsup of service ${service}: ${fault}`,
    help: 'x-itsup holds rollout, start.deadline, hold.deadline, drain.deadline and drain.command',
  };
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
