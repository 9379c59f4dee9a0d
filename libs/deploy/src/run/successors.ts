import type { Problem } from '@itsup/config';

import { forgetOperations } from '../plan/order/down-operations';
import type { StackPlan } from '../plan/model';
import type { DeployedFile } from '../state/deployed';
import type { Run } from './run';
import type { StackSpec } from '../stack/stack-spec';

/**
 * Stacks whose folder is gone and whose Compose project another folder has by now, by their name: a folder was renamed
 * and the Compose file says `name:`. The containers are the new one's.
 */
export function successorsOf(
  deployed: ReadonlyMap<string, DeployedFile>,
  specs: ReadonlyMap<string, StackSpec>,
): Map<string, string> {
  const successors = new Map<string, string>();
  for (const [stack, { projectName }] of deployed) {
    if (specs.has(stack)) continue;
    const heir = [...specs.values()].find(
      (spec) => spec.kind !== 'external' && spec.projectName === projectName,
    );
    if (heir !== undefined) successors.set(stack, heir.stack);
  }
  return successors;
}

/** What deploying a stack takes over from one whose folder is gone, in words. */
export function successionNotes(run: Run, spec: StackSpec): string[] {
  return [...run.successors]
    .filter(([, heir]) => heir === spec.stack)
    .map(
      ([old]) =>
        `takes over the Compose project ${spec.projectName} of ${old}, whose folder is gone; itsup prune forgets ${old}`,
    );
}

/**
 * What stays of the Compose project that a folder's deploy made under its name before: a record of its own, which
 * `prune` takes down as it does one whose folder is gone.
 */
export function formerStack(stack: string, projectName: string): string {
  return `${stack}@${projectName}`;
}

/** What a new name of the Compose project leaves behind, in words. */
export function renameNotes(deployed: DeployedFile | null, { projectName }: StackSpec): string[] {
  if (deployed === null || deployed.projectName === projectName) return [];
  return [
    `its Compose project is ${projectName} now: containers, networks and volumes of ${deployed.projectName} stay, and volumes start empty; itsup prune takes down what ran under the old name`,
  ];
}

/** The plan of taking a stack down whose containers are another one's by now: nothing of them goes. */
export function planForgetting(plan: StackPlan, heir: string): StackPlan {
  const notes = [`its Compose project ${plan.projectName} is that of ${heir}: only its record goes`];
  return { ...plan, services: [], edges: [], operations: forgetOperations(), unchanged: false, notes };
}

/** Why a stack cannot be forgotten yet: its routes lead to containers that nobody took over. */
export function notTakenOver(run: Run, stack: string, projectName: string, heir: string): Problem | null {
  if (run.deployed.has(heir) || (run.observed.get(projectName) ?? []).length === 0) return null;
  return {
    code: 'not-taken-over',
    severity: 'error',
    project: stack,
    message: `${stack} stays: its containers are those of ${heir}, which was not deployed yet`,
    help: `run: itsup deploy ${heir} --adopt, and then itsup prune`,
  };
}
