import type { Problem } from '@itsup/config';
import type { Redactor } from '@itsup/docker';

import type { StackPlan } from '../../plan/model';
import type { Operation } from '../../plan/operation';

/**
 * The plan without secrets: a file may put a variable into the name of an image, a container or a network. Names of
 * stacks and services hold none, for Compose takes no variable there: they stay as they are, whatever a secret's value.
 */
export function hiddenPlan(plan: StackPlan, hide: Redactor): StackPlan {
  const ids = new Map(plan.operations.map((one) => [one.id, 'network' in one ? hide(one.id) : one.id]));
  const idOf = (id: string): string => ids.get(id) ?? id;
  return {
    ...plan,
    services: plan.services.map((service) => ({
      ...service,
      reasons: service.reasons.map(hide),
      notRolled: service.notRolled.map(hide),
      networks: service.networks.map(({ network, aliases }) => ({
        network: hide(network),
        aliases: aliases.map(hide),
      })),
    })),
    networks: plan.networks.map((one) => ({
      ...one,
      network: hide(one.network),
      reasons: one.reasons.map(hide),
      members: one.members.map((member) => ({ ...member, aliases: member.aliases.map(hide) })),
      guests: one.guests.map(hide),
    })),
    operations: plan.operations.map((one): Operation => ({
      ...withoutNames(one, hide),
      id: idOf(one.id),
      after: one.after.map(idOf),
      reasons: one.reasons.map(hide),
    })),
    notes: plan.notes.map(hide),
  };
}

export function hiddenProblem(problem: Problem, hide: Redactor): Problem {
  const { message, help } = problem;
  return { ...problem, message: hide(message), ...(help !== undefined && { help: hide(help) }) };
}

/** Of the networks that an operation acts on. */
function withoutNames(operation: Operation, hide: Redactor): Operation {
  if (operation.kind === 'recreate-network') {
    const members = operation.members.map((one) => ({ ...one, aliases: one.aliases.map(hide) }));
    return { ...operation, network: hide(operation.network), members };
  }
  if (operation.kind === 'remove-network') return { ...operation, network: hide(operation.network) };
  if (operation.kind === 'make-networks') return { ...operation, networks: operation.networks.map(hide) };
  return operation;
}
