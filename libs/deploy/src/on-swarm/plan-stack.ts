import { existsSync } from 'node:fs';

import { UserError } from '@itsup/config';

import { inputsUnchanged } from '../desired/inputs';
import { loadDesired } from '../desired/load-desired';
import type { LoadedStack } from '../desired/loaded-stack';
import { idleService } from '../plan/service/idle-service';
import type { DesiredService, ServicePlan, StackPlan } from '../plan/model';
import { refuseMissingContexts } from '../run/refusal/refuse-missing-sources';
import { refuseForeignFiles } from '../run/refusal/refusals';
import { inputsOptions, loadOptions } from '../run/load-options';
import type { Run } from '../run/run';
import type { StackSpec } from '../stack/stack-spec';
import { journalPath } from '../state/journal';
import { deployedOf, WORKSPACE_LABEL } from '../swarm/deployed-label';
import { canonicalJson } from '../desired/digest';
import { findRefusals } from '../swarm/refusals/find-refusals';
import { FULL, hasRoom } from '../swarm/room';
import { placementOf } from '../swarm/to-service';
import { movesWithTasks, planOnSwarm, type ObservedService } from '../swarm/plan-swarm';
import { swarmOperations, type SwarmOrder } from '../swarm/swarm-operations';
import { refusedProblems } from '../swarm/refusals/refused-problems';
import { composeFilesOf, locateMember } from '@itsup/config';
import { dataConstraint, servicesWithData } from './data-node';
import { withConsumers } from './render-stack';
import { bridgeStackOf } from './bridge/bridged-services';
import { planBridges } from './bridge/plan-bridges';
import { servicesOf, type SwarmFacts } from './swarm-facts';

/** `loaded` is null where the record and the listing alone showed that nothing changed. */
export interface PlannedOnSwarm {
  plan: StackPlan;
  loaded: LoadedStack | null;
}

/**
 * Plans one stack against the swarm.
 * @param workspace id of the workspace; null: it never deployed
 * @throws UserError for what a swarm cannot run, and for what runs under the stack's name and is somebody else's
 */
export async function planOnSwarmStack(
  run: Run,
  spec: StackSpec,
  facts: SwarmFacts,
  workspace: string | null,
): Promise<PlannedOnSwarm> {
  const observed = servicesOf(facts, spec.projectName);
  refuseOthers(run, spec, observed, workspace);
  const isBridged = servicesOf(facts, bridgeStackOf(spec.projectName)).size > 0;
  if (run.request.pull !== true && !isBridged && (await isAsDeployed(run, spec, observed))) {
    const { services = {} } = run.deployed.get(spec.stack) ?? {};
    const idle = Object.entries(services).map(([name, { replicas }]) => idleService(name, replicas));
    return { plan: planOf(run, spec, { services: idle, desired: [], bridged: [], notes: [] }), loaded: null };
  }
  await refuseForeignFiles(run.context, spec);
  const loaded = await loadOnSwarm(run, spec, facts);
  return { plan: await planLoadedOnSwarm(run, loaded, observed, workspace), loaded };
}

/**
 * The desired state of a stack, once it is sure that a swarm can run all of it.
 * @param load as the sources have it, or as an earlier deploy had it
 * @throws UserError for what a swarm cannot run
 */
export async function loadOnSwarm(
  run: Run,
  spec: StackSpec,
  { nodes }: Pick<SwarmFacts, 'nodes'>,
  load = (): Promise<LoadedStack> => loadDesired(spec, loadOptions(run, spec, [])),
): Promise<LoadedStack> {
  const loaded = await load();
  const refused = findRefusals(loaded.model);
  if (refused.length > 0) {
    const { root } = run.context;
    const files = spec.project === null ? [] : composeFilesOf(root, spec.project);
    throw new UserError(
      refusedProblems(spec.stack, refused, (path, entries) => locateMember(root, files, path, entries)),
    );
  }
  const services = withoutRoom(
    loaded,
    withConsumers(loaded, (value) => run.digester.of(value)),
    nodes,
  );
  return { ...loaded, desired: { ...loaded.desired, services } };
}

/** Services with what the machines of the swarm keep from running twice for a moment. */
function withoutRoom(
  { spec, model }: LoadedStack,
  services: readonly DesiredService[],
  nodes: SwarmFacts['nodes'],
): DesiredService[] {
  const withData = servicesWithData(model);
  return services.map((service) => {
    const written = model.services[service.name] ?? {};
    const constraints = [
      ...placementOf(written),
      ...(withData.includes(service.name) ? [dataConstraint(spec.projectName)] : []),
    ];
    return hasRoom(written, constraints, nodes)
      ? service
      : { ...service, notRolled: [...service.notRolled, FULL] };
  });
}

/**
 * The plan of a loaded stack against the swarm, with the operations that carry it out.
 * @param workspace id of the workspace; null: it never deployed
 * @throws UserError where what is to be built or stored is not there, and for a port that moves without a bridge
 */
export async function planLoadedOnSwarm(
  run: Run,
  loaded: LoadedStack,
  observed: ReadonlyMap<string, ObservedService>,
  workspace: string | null,
): Promise<StackPlan> {
  const { spec, desired } = loaded;
  const services = planOnSwarm(desired.services, observed);
  refuseMissingContexts(run, loaded, { services });
  const { request, digester, context } = run;
  const { settings } = request.workspace;
  const facts = { settings, docker: context.docker, digester, workspace };
  const { bridged, notes } = await planBridges(facts, loaded, { services }, observed);
  const alone = desired.services.filter(({ name }) => !bridged.includes(name));
  refuseMoved(spec, alone, { services }, observed);
  return planOf(run, spec, {
    ...{ services, desired: desired.services, bridged },
    notes: [...loaded.notes, ...notes],
  });
}

function planOf(
  { publisher }: Pick<Run, 'publisher'>,
  spec: StackSpec,
  {
    services,
    desired,
    bridged,
    notes,
  }: Omit<SwarmOrder, 'publishes' | 'services'> & { services: ServicePlan[]; notes: string[] },
): StackPlan {
  const files = publisher.pending(spec.stack);
  const operations = swarmOperations({ services, desired, bridged, publishes: files.length > 0 });
  return {
    ...{ stack: spec.stack, projectName: spec.projectName, kind: 'converge', services, edges: [] },
    ...{ networks: [], files, operations, unchanged: operations.length === 0, fromRecord: false, notes },
  };
}

/** Inputs are those of the last deploy, and the services are what it left: no Compose is asked. */
async function isAsDeployed(
  run: Run,
  spec: StackSpec,
  observed: ReadonlyMap<string, ObservedService>,
): Promise<boolean> {
  const { context } = run;
  const deployed = run.deployed.get(spec.stack);
  if (deployed === undefined || run.relocation !== null || deployed.projectName !== spec.projectName)
    return false;
  if (existsSync(journalPath(context.state, spec.stack))) return false;
  if (observed.size !== Object.keys(deployed.services).length) return false;
  for (const [name, { aspects, replicas }] of Object.entries(deployed.services)) {
    const one = observed.get(name);
    const label = one === undefined ? null : deployedOf(one.service);
    if (label === null || canonicalJson(label.aspects) !== canonicalJson(aspects)) return false;
    if (one?.service.replicas !== null && one?.service.replicas !== replicas) return false;
  }
  return inputsUnchanged(spec, deployed, inputsOptions(run));
}

/**
 * Of services that the engine alone replaces: a row that leads to another port would lead to the old tasks there. One
 * all of whose old tasks go first is away for a moment anyway.
 * @throws UserError
 */
function refuseMoved(
  { stack }: StackSpec,
  wanted: readonly DesiredService[],
  { services }: Pick<StackPlan, 'services'>,
  observed: ReadonlyMap<string, ObservedService>,
): void {
  const rolled = new Set(
    services
      .filter(({ action, notRolled }) => action === 'rollout' || notRolled.includes(FULL))
      .map(({ service }) => service),
  );
  const moved = wanted.filter((service) => {
    const before = observed.get(service.name);
    return before !== undefined && rolled.has(service.name) && movesWithTasks(before, service);
  });
  if (moved.length === 0) return;
  const names = moved.map(({ name }) => name).join(', ');
  throw new UserError({
    code: 'port-and-tasks',
    severity: 'error',
    project: stack,
    message: `${names}: a row leads to another port or protocol, and the tasks are replaced in the same deploy without a bridge: on a swarm the old tasks would be asked at the new port`,
    help: 'deploy the two one after the other, with an application that listens at both in between',
  });
}

/**
 * What runs under the stack's name is its own.
 * @param workspace id of the workspace; null: it never deployed
 * @throws UserError
 */
export function refuseOthers(
  run: Run,
  spec: StackSpec,
  observed: ReadonlyMap<string, ObservedService>,
  workspace: string | null,
): void {
  refuseStrangers(spec, observed, workspace);
  refuseContainers(run, spec);
}

function refuseStrangers(
  { stack, projectName }: StackSpec,
  observed: ReadonlyMap<string, ObservedService>,
  workspace: string | null,
): void {
  const strange = [...observed].filter(([, { service }]) => service.labels[WORKSPACE_LABEL] !== workspace);
  if (strange.length === 0) return;
  throw new UserError({
    code: 'foreign-stack',
    severity: 'error',
    project: stack,
    message: `a stack ${projectName} is on the swarm that this workspace did not deploy (${strange.map(([name]) => name).join(', ')})`,
    help: `where it is yours: deploy on the machine that deployed it, or with its state folder; else remove it (docker stack rm ${projectName}; its volumes stay), or give the project another name`,
  });
}

/** Both would hold the same ports and write to the same volumes. */
function refuseContainers({ observed }: Run, { stack, projectName }: StackSpec): void {
  const running = (observed.get(projectName) ?? []).filter(({ state }) => state === 'running');
  if (running.length === 0) return;
  throw new UserError({
    code: 'compose-runs',
    severity: 'error',
    project: stack,
    message: `containers of ${projectName} run by Compose: ${running.map(({ name }) => name).join(', ')}`,
    help: `stop them first; their volumes stay and are found: docker compose -p ${projectName} down`,
  });
}
