import { existsSync } from 'node:fs';

import type { Docker } from '@itsup/docker';

import { TRAEFIK } from '../../requests';

import { liveFacts, type LiveFacts } from '../../engine/live-facts';
import { hasHandover } from '../../execute/traefik/hand-over-traefik';
import { inputsUnchanged } from '../../desired/inputs';
import { loadDesired } from '../../desired/load-desired';
import type { LoadedStack } from '../../desired/loaded-stack';
import type { StackPlan } from '../../plan/model';
import { containersFor, runsAsDeployed, type Observed } from '../../plan/observe';
import { forceReplace } from '../../plan/service/force-replace';
import { holdNotes } from '../../plan/service/held';
import { idleService } from '../../plan/service/idle-service';
import { operationsOf, type OperationFacts } from '../../plan/order/operations';
import { volumeNotes } from '../../plan/network/plan-networks';
import { keepingOwnData } from '../../plan/service/own-data';
import { planStack } from '../../plan/plan-stack';
import { nameRoutes } from '../../plan/service/reasons';
import { hasRouteLabels } from '../../plan/service/route-labels';
import { readsOtherFiles } from '../../proxy/state-in-use';
import type { DeployedFile, StackInputs } from '../../state/deployed';
import { journalPath } from '../../state/journal';
import { readStarting } from '../../state/starting';
import { explainStaticChange } from '../../proxy/explain-traefik';
import { inputsOptions, loadOptions } from '../../run/load-options';
import type { Run } from '../../run/run';
import { renderedBy } from '../../run/rendered-by';
import { refuseForeignFiles, refuseForeignStack, refuseUnreadableLabels } from '../../run/refusal/refusals';
import { refuseMissingBinds, refuseMissingContexts } from '../../run/refusal/refuse-missing-sources';
import { refuseTakenRanges } from '../../run/refusal/refuse-taken-ranges';
import { refuseUnseenClaims } from '../../run/refusal/unseen-claims';
import type { StackSpec } from '../../stack/stack-spec';
import { renameNotes } from '../../run/successors';

/**
 * A plan of a stack with what carrying it out takes. `loaded` is null when the record alone showed that nothing
 * changed.
 */
export interface PlannedStack {
  plan: StackPlan;
  loaded: LoadedStack | null;
}

/**
 * Plans one stack of containers: from its record and the listing where nothing changed, else through Compose.
 * @throws UserError, DockerError: the stack cannot be deployed as it is
 */
export async function planOne(run: Run, spec: StackSpec, observed: Observed): Promise<PlannedStack> {
  const deployed = run.deployed.get(spec.stack) ?? null;
  const files = run.publisher.pending(spec.stack);
  const isReplaced = replacedTraefik(run, spec) !== null;
  if (
    !isReplaced &&
    deployed !== null &&
    run.request.pull !== true &&
    (await isAsDeployed(run, spec, deployed, observed))
  ) {
    return {
      plan: { ...planFromRecord(spec, deployed), files, unchanged: files.length === 0 },
      loaded: null,
    };
  }
  await refuseForeignFiles(run.context, spec);
  const own = observed.get(spec.projectName) ?? [];
  refuseForeignStack(run, spec, own, deployed);
  const loaded = await loadDesired(spec, loadOptions(run, spec, own));
  await refuseSources(run, loaded);
  await refuseTakenRanges(run, loaded);
  return { plan: await planLoaded(run, loaded, observed), loaded };
}

/**
 * Refuses what the sources say, once the values of variables are known.
 * @throws UserError
 */
export async function refuseSources(run: Run, loaded: LoadedStack): Promise<void> {
  refuseUnreadableLabels(run, loaded);
  await refuseUnseenClaims(run, loaded);
}

/** Services that are replaced even where nothing changed: a restart. */
export interface Replace {
  /** null: all. */
  services: readonly string[] | null;
  reason: string;
}

/** The plan of a loaded stack against what is observed, with the operations that carry it out. */
export async function planLoaded(
  run: Run,
  loaded: LoadedStack,
  observed: Observed,
  asked: Replace | null = null,
): Promise<StackPlan> {
  const { spec, desired } = loaded;
  const deployed = run.deployed.get(spec.stack) ?? null;
  const own = observed.get(spec.projectName) ?? [];
  const live = await liveFacts(run.context.docker, desired, deployed, own);
  return planAgainst(run, loaded, { observed, live }, asked);
}

/** The same, once the engine has been asked: it is not asked again. */
export async function planAgainst(
  run: Run,
  loaded: LoadedStack,
  { observed, live }: { observed: Observed; live: LiveFacts },
  asked: Replace | null = null,
): Promise<StackPlan> {
  const { spec } = loaded;
  const replace = asked ?? replacedTraefik(run, spec);
  const deployed = run.deployed.get(spec.stack) ?? null;
  const edges = [...spec.edges, ...(deployed?.edges ?? [])];
  const containers = containersFor(observed, spec.projectName, edges).map((one) => {
    const hangsOn = live.hangsOn.get(one.id);
    return hangsOn === undefined ? one : { ...one, hangsOn };
  });
  const desired = keepingOwnData(loaded.desired, containers, spec.project === null ? TRAEFIK : null);
  const plan = planStack({
    desired,
    deployed,
    starting: await readStarting(run.context.state, spec.stack),
    containers,
    inbound: spec.consumers.map(({ network }) => network),
    networks: live.networks,
  });
  const files = run.publisher.pending(spec.stack);
  const notes = [
    ...loaded.notes,
    ...renameNotes(deployed, spec),
    ...volumeNotes(desired.ownVolumes, deployed?.volumes, live.volumes),
  ];
  const whole = { ...plan, files, unchanged: plan.unchanged && files.length === 0, notes };
  const explained =
    spec.project === null ? explainStaticChange(whole, run.publisher) : withRoutes(whole, run, spec.stack);
  const wanted = [replace, readAnew(run, loaded)].filter((one) => one !== null);
  const forced = wanted.reduce(
    (before, one) => forceReplace(before, desired, one, deployed, containers),
    explained,
  );
  const held = spec.project === null ? [] : holdNotes(forced, desired, loaded.options);
  const named = await renderedBy(run, loaded, forced);
  refuseMissingContexts(run, loaded, named);
  await refuseMissingBinds(run, loaded, named);
  return {
    ...named,
    notes: [...named.notes, ...held],
    operations: operationsOf(named, desired, containers, factsOf(run, loaded)),
  };
}

/** Traefik goes although nothing of the stack changed; null: it stays. */
function replacedTraefik({ replaceTraefik: reason }: Run, { project }: StackSpec): Replace | null {
  return project !== null || reason === null ? null : { services: [TRAEFIK], reason };
}

function factsOf(run: Run, { spec, desired, model }: LoadedStack): OperationFacts {
  return {
    traefik: spec.project === null ? TRAEFIK : null,
    usesProxynet: Object.values(model.networks ?? {}).some((network) => network?.name === spec.proxynet.name),
    consumed: new Set(spec.consumers.map(({ service }) => service)),
    hasRoutes: (service) =>
      spec.project !== null &&
      (hasRouteLabels(desired, service) || run.publisher.routesOf(spec.stack, service) !== null),
  };
}

/** Reasons with routes by what they are asked for, and not by the names of their routers. */
function withRoutes(plan: StackPlan, { routing }: Run, stack: string): StackPlan {
  const routes = routing.projects.find(({ project }) => project === stack)?.routes ?? [];
  const names = new Map(
    routes.flatMap(({ routers, domains, pathPrefix, hostport }) =>
      Object.keys(routers).map((name) => {
        const [domain = hostport === null ? name : `port ${hostport}`] = domains;
        return [name, `${domain}${pathPrefix ?? ''}`] as const;
      }),
    ),
  );
  const services = plan.services.map((service) => ({
    ...service,
    reasons: service.reasons.map((reason) => nameRoutes(reason, (name) => names.get(name))),
  }));
  return { ...plan, services };
}

/** What of the proxy reads a folder that is not published to any more is replaced, whatever else stays the same. */
function readAnew(run: Run, { spec, model }: LoadedStack): Replace | null {
  if (spec.project !== null || !readsOtherFiles(run.inUse)) return null;
  const { dir } = run.context.state;
  const services = Object.entries(model.services).flatMap(([name, { volumes = [] }]) =>
    volumes.some(({ source }) => source?.startsWith(`${dir}/`)) ? [name] : [],
  );
  return { services, reason: `it reads another folder than ${dir}, which is published to` };
}

/** Inputs, containers and journal are as the last deploy left them. */
async function isAsDeployed(
  run: Run,
  spec: StackSpec,
  deployed: DeployedFile,
  observed: Observed,
): Promise<boolean> {
  const { context } = run;
  // The record's stamps are those of the recorded checkout's files.
  if (run.relocation !== null) return false;
  if (deployed.projectName !== spec.projectName) return false;
  if (spec.project === null && (hasHandover(context.state) || readsOtherFiles(run.inUse))) return false;
  const containers = containersFor(observed, spec.projectName, deployed.edges);
  if (!runsAsDeployed(deployed, spec.projectName, containers)) return false;
  if (existsSync(journalPath(context.state, spec.stack))) return false;
  if (!(await areMountedImagesSame(context.docker, deployed.inputs))) return false;
  return inputsUnchanged(spec, deployed, inputsOptions(run));
}

/** The listing of containers says nothing of the images that they have as volumes. */
async function areMountedImagesSame(docker: Docker, { mountedImages = {} }: StackInputs): Promise<boolean> {
  const references = Object.keys(mountedImages);
  if (references.length === 0) return true;
  const present = await docker.inspectImages(references);
  return references.every((image) => present.get(image)?.id === mountedImages[image]);
}

function planFromRecord(spec: StackSpec, deployed: DeployedFile): StackPlan {
  return {
    stack: spec.stack,
    projectName: spec.projectName,
    kind: 'converge',
    services: Object.entries(deployed.services).map(([service, record]) => ({
      ...idleService(service, record.replicas),
      current: record.containers.map(({ id }) => id),
    })),
    edges: deployed.edges.map(({ network, provider, service }) => ({
      action: 'none',
      network,
      consumer: spec.stack,
      provider,
      service,
      containers: [],
    })),
    networks: [],
    files: [],
    operations: [],
    unchanged: true,
    fromRecord: true,
    notes: [],
  };
}
