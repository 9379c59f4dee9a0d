import type { Problem } from '@itsup/config';

import type { StackPlan } from '../plan/model';
import type { StackOutcome } from '../requests';
import type { Run } from '../run/run';
import { DISABLED, type StackSpec } from '../stack/stack-spec';
import { readIdentity } from '../state/identity';
import { deployOnSwarm, type DeployOnSwarmOptions } from './deploy-stack';
import { planOnSwarmStack } from './plan-stack';
import { joinAllProxied } from './proxy-network';
import { observeSwarm, type SwarmFacts } from './swarm-facts';
import { planDownOnSwarm, takeDownOnSwarm } from './take-down';

/**
 * The swarm for the stacks of a run. The proxy is none of them: it is a container of this machine, and deployed as
 * with Compose.
 */
export class OnSwarm {
  private constructor(private readonly facts: SwarmFacts) {}

  /**
   * Looks at the swarm once for the plans of all stacks; a deploy looks again under its lock.
   * @throws UserError where this machine is in no swarm, or is no manager of it: nothing that any stack could do
   */
  static async of({ docker }: Run['context']): Promise<OnSwarm> {
    return new OnSwarm(await observeSwarm(docker));
  }

  /** What a deploy of a project would do; changes nothing. */
  async plan(run: Run, spec: StackSpec): Promise<StackPlan> {
    if (spec.kind !== 'down') {
      return (await planOnSwarmStack(run, spec, this.facts, await workspaceOf(run))).plan;
    }
    return planDownOnSwarm(run, spec, this.facts, { reason: DISABLED, volumes: false });
  }

  /** Converges a project, or takes it down where it is switched off. Never rejects. */
  async deploy(
    run: Run,
    spec: StackSpec,
    options: Omit<DeployOnSwarmOptions, 'workspace' | 'restore'>,
  ): Promise<StackOutcome> {
    if (spec.kind !== 'down')
      return deployOnSwarm(run, spec, this.facts, { ...options, workspace: await claimed(run) });
    const { lockWaitMs, commit } = options;
    return this.takeDown(run, spec, { reason: DISABLED, volumes: false, lockWaitMs, commit });
  }

  /** Takes a project back to what `restore` brings, by the same plan and rollout. Never rejects. */
  async rollback(
    run: Run,
    spec: StackSpec,
    options: Omit<DeployOnSwarmOptions, 'workspace'> & Required<Pick<DeployOnSwarmOptions, 'restore'>>,
  ): Promise<StackOutcome> {
    return deployOnSwarm(run, spec, this.facts, { ...options, workspace: await claimed(run) });
  }

  /** Takes a project off the swarm; its volumes only when asked. */
  async takeDown(
    run: Run,
    spec: { stack: string; projectName: string },
    options: Omit<Parameters<typeof takeDownOnSwarm>[2], 'workspace'>,
  ): Promise<StackOutcome> {
    return takeDownOnSwarm(run, spec, { ...options, workspace: await claimed(run) });
  }

  /**
   * After a deploy of the proxy: the container that runs now is on the networks of all projects.
   * @returns why it could not be brought there; empty: it is
   */
  async afterProxy(run: Run): Promise<Problem[]> {
    try {
      await joinAllProxied(run, await claimed(run));
      return [];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return [
        {
          code: 'proxy-not-joined',
          severity: 'error',
          message: `Traefik runs, and is not on the networks of all projects: ${reason}`,
          help: 'deploy the proxy again: itsup deploy proxy',
        },
      ];
    }
  }
}

/** Id of the workspace; null: it never deployed. */
async function workspaceOf({ context }: Pick<Run, 'context'>): Promise<string | null> {
  return (await readIdentity(context.state))?.id ?? null;
}

async function claimed(run: Pick<Run, 'context'>): Promise<string> {
  return (await workspaceOf(run)) ?? '';
}
