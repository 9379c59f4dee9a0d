import { randomBytes } from 'node:crypto';
import path from 'node:path';

import {
  generateStacks,
  loadTemplates,
  PROXY_COMPOSE_FILE,
  publishedPaths,
  renderProxy,
  traefikFileProblems,
  type ArtifactFile,
} from '@itsup/artifacts';
import type { Problem, Workspace } from '@itsup/config';
import { DockerError, OF_COMPOSE } from '@itsup/docker';
import { knownObjects, routeWorkspace, type ProjectRouting, type WorkspaceRouting } from '@itsup/routing';
import { parse } from 'yaml';

import { NOTHING_GIVEN_UP } from '../certificates/given-up';
import { CertificateKeeper } from '../certificates/keeper';
import type { DeployContext } from '../context';
import { canonicalJson, Digester, sha256 } from '../desired/digest';
import { createSecretsReader } from '../desired/environment/secrets';
import { readImageLock } from '../images/image-lock';
import type { FirstFetched } from '../images/record-first';
import { pluginOfRun } from '../plugins/plugin-of-run';
import { byProject, observe } from '../plan/observe';
import { apiRoute } from '../publish/api-route';
import { certificateFiles } from '../publish/certificate-files';
import { hostCircumstances } from '../desired/environment/host-circumstances';
import { failuresOf } from '../ownership/settle-disputes';
import { readClaims } from '../ownership/claims-file';
import { publishedRouters, withKept, type PublishedRouters } from '../publish/kept-entry-points';
import { Publisher, STATIC_FILE, type PublishedFile } from '../publish/publisher';
import { routeOwners } from '../publish/route-owners';
import { apiSecretOf, claimWorkspace, checkoutProblem, readIdentity } from '../state/identity';
import { readFileOrNull, writeFileAtomic } from '../state/atomic-file';
import { deployedFiles } from '../state/deployed';
import { tryFiles } from '../trial/try-files';
import { checkStateInUse, takeOverState } from './refusal/check-state';
import { withHostSecrets } from './host-secrets';
import { whyProxyAlong, type EngineAnswer } from './proxy-needed';
import { TRAEFIK, PROXY_STACK, type PlanRequest } from '../requests';
import { digestOfWritten } from './rendered-by';
import { labelUses } from './label-uses';
import { readSharedTalk } from './leaving-shared';
import type { Run } from './run';
import { successorsOf } from './successors';
import { stackSpecs, type StackSpec } from '../stack/stack-spec';
import { worthTelling } from './worth-telling';
import { once } from '../once';

/** What Traefik's plugin shows to CrowdSec. */
const BOUNCER_KEY = 'crowdsec/bouncer.key';

/**
 * Reads the state, lists the engine once and decides which stacks can be deployed at all. A plan only reads, so it may
 * be made from any checkout: as if that stood at the recorded path.
 * @param claim record this workspace as the state folder's (deploy); a plan only looks
 * @param fetches what the proxy reads and is not there is fetched before anything is published
 * @throws UserError for a second checkout, DockerError when an engine that is needed does not answer
 */
export async function prepareRun(
  context: DeployContext,
  request: PlanRequest,
  claim: boolean,
  { fetches = false }: { fetches?: boolean } = {},
): Promise<Run> {
  const { root, state } = context;
  if (claim && request.adopt) await takeOverState(context);
  const known = await readIdentity(state);
  const problem = known === null || request.adopt ? null : checkoutProblem(known, root);
  if (problem !== null && claim) throw problem;
  const relocation = known === null || problem === null ? null : { from: root, to: known.path };
  if (relocation !== null)
    context.reporter.line(null, `planned as if this checkout stood at ${relocation.to}`);
  const answer = observeEngine(context, claim);
  // Whoever waits for it is told; until then there is enough to do that needs no engine.
  answer.catch(() => undefined);
  const [templates, deployed, claims, lock] = await Promise.all([
    loadTemplates(root),
    deployedFiles(state),
    readClaims(state),
    readImageLock(root),
  ]);
  const secrets = createSecretsReader(root, context.docker);
  const workspace = await withHostSecrets(request.workspace, context.env, secrets).catch(
    async (error: unknown) => {
      if ((await answer).fact.reachable) throw error;
      // Against an empty host nothing is published, and whoever plans there may have no key.
      return request.workspace;
    },
  );
  const broken = brokenProjects(workspace);
  const circumstances = await hostCircumstances(context, workspace, secrets);
  const routing = routeWorkspace(workspace, new Map(), circumstances);
  addProblems(broken, routing, workspace);
  const specs = stackSpecs(root, workspace, routing);
  const names = [...(request.stacks ?? [PROXY_STACK, ...workspace.projects.map((project) => project.name)])];
  const routers = await publishedRouters(state);
  const standing = {
    deployed: new Set([...deployed.keys(), ...routers.stacks]),
    claims,
    converging: new Set(names.filter((name) => !broken.has(name))),
  };
  for (const { stack, problem } of failuresOf(routing, standing)) addTo(broken, stack, problem);
  // Routes of a project that cannot be deployed stay as they were published.
  const sound = { ...workspace, projects: workspace.projects.filter((project) => !broken.has(project.name)) };
  const served = broken.size === 0 ? routing : withoutBroken(sound, routing, routers, broken);
  const artifacts = hasWorkspaceError(workspace) ? [] : renderProxy(sound, served, templates);
  const faults =
    artifacts.length === 0 ? [] : traefikFileProblems(artifacts, sound.settings, knownObjects(sound, served));
  for (const fault of faults) if (fault.severity === 'error') addTo(broken, PROXY_STACK, fault);
  const files = published(artifacts);
  const engine = await answer;
  const inUse = engine.fact.reachable
    ? await checkStateInUse(context, engine.listing, relocation, { claim, adopt: request.adopt ?? false })
    : ({ kind: 'none' } as const);
  const along =
    relocation === null
      ? await whyProxyAlong(context, { request, routing, broken, engine, inUse, files })
      : null;
  if (along !== null) {
    names.unshift(PROXY_STACK);
    await generateStacks(root, [PROXY_STACK], ({ problems }) => {
      for (const one of problems) if (one.severity === 'error') addTo(broken, PROXY_STACK, one);
    });
  }
  const trial =
    engine.fact.reachable && relocation === null && !broken.has(PROXY_STACK) && artifacts.length > 0
      ? await tryFiles({
          ...{ docker: context.docker, state, system: context.system, files, remember: claim },
          ...{ settings: sound.settings, image: traefikImage(artifacts) },
        })
      : [];
  for (const fault of trial) if (fault.severity === 'error') addTo(broken, PROXY_STACK, fault);
  faults.push(...trial);
  const firstFetched: FirstFetched = new Map();
  const fetchesPlugin = fetches && names.includes(PROXY_STACK) && !broken.has(PROXY_STACK);
  const plugin = await pluginOfRun(context, sound.settings, lock, fetchesPlugin ? firstFetched : null);
  for (const fault of plugin.problems) if (fault.severity === 'error') addTo(broken, PROXY_STACK, fault);
  if (!claim && names.includes(PROXY_STACK)) faults.push(...plugin.problems);
  const identity = claim ? await claimWorkspace(state, root, request.adopt ?? false, context.product) : known;
  if (claim && workspace.settings.crowdsec.enabled) await ensureKey(path.join(state.dir, BOUNCER_KEY));
  // Not without the files of the proxy: of a broken workspace nothing is known.
  if (files.length > 0) {
    files.push(apiRoute(identity === null ? null : apiSecretOf(identity)));
    files.push(...certificateFiles(sound.settings, files));
  }
  const publisher = await Publisher.open(
    state,
    context.system,
    files,
    routeOwners(served),
    new Set(broken.keys()),
  );
  const held =
    engine.fact.reachable && publisher.hasRetired()
      ? await publisher.hold(await labelUses(context.docker, specs, workspace.settings.engine))
      : [];
  const folders = new Set([PROXY_STACK, ...workspace.projects.map((project) => project.name)]);
  const order = orderOf(names, specs);
  const digester = new Digester(identity?.digestKey ?? '');
  const run = {
    context,
    request,
    relocation,
    routing,
    specs,
    order,
    along,
    broken,
    problems: worthTelling({ workspace, routing, faults, order, broken }),
    prunable: [...deployed.keys()].filter((stack) => !folders.has(stack)).sort(),
    successors: successorsOf(deployed, specs),
    secrets,
    digester,
    publisher,
    held,
    published: { ...startedWith(files), ...plugin.published },
    lock,
    firstFetched,
    observed: byProject(observe(engine.listing)),
    inUse,
    engine: engine.fact,
    written: once(() => digestOfWritten(root, digester)),
    engineDetails: once(() => context.docker.engine()),
    deployed,
    certificates: new CertificateKeeper({
      ...{ context, workspace: sound, routing, deployed },
      lookups: circumstances.lookups,
    }),
    certificatesBefore: null,
    replaceTraefik: null,
    givenUp: NOTHING_GIVEN_UP,
  };
  return { ...run, sharedTalk: once(() => readSharedTalk(run)) };
}

async function observeEngine({ docker }: DeployContext, needed: boolean): Promise<EngineAnswer> {
  try {
    const listing = await docker.listContainers({ labelFilters: [...OF_COMPOSE] });
    return { listing, fact: { reachable: true, reason: null } };
  } catch (error) {
    const absent = ['docker-missing', 'engine-unreachable', 'permission-denied'] as const;
    if (needed || !absent.some((code) => DockerError.is(error, code))) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return { listing: [], fact: { reachable: false, reason } };
  }
}

/** Projects whose own files have errors: they fail alone. An error in the settings fails every stack. */
function brokenProjects(workspace: Workspace): Map<string, Problem[]> {
  const broken = new Map<string, Problem[]>();
  for (const problem of workspace.problems) {
    if (problem.severity !== 'error') continue;
    const stacks =
      problem.project === undefined
        ? [PROXY_STACK, ...workspace.projects.map((project) => project.name)]
        : [problem.project];
    for (const stack of stacks) broken.set(stack, [...(broken.get(stack) ?? []), problem]);
  }
  return broken;
}

function hasWorkspaceError(workspace: Workspace): boolean {
  return workspace.problems.some((problem) => problem.severity === 'error' && problem.project === undefined);
}

function routedBy(routing: WorkspaceRouting): Map<string, ProjectRouting> {
  return new Map(routing.projects.map((project) => [project.project, project]));
}

function addTo(broken: Map<string, Problem[]>, stack: string, problem: Problem): void {
  const problems = broken.get(stack) ?? [];
  if (!problems.includes(problem)) broken.set(stack, [...problems, problem]);
}

/** What only the sound projects come to; the ports of routes that stay published stay open. */
function withoutBroken(
  sound: Workspace,
  routing: WorkspaceRouting,
  routers: PublishedRouters,
  broken: ReadonlyMap<string, Problem[]>,
): WorkspaceRouting {
  const served = routeWorkspace(sound, routedBy(routing));
  return { ...served, entryPoints: withKept(served.entryPoints, routers, broken.keys()) };
}

/** Problems that are no conflict: each is one project's, or of those that its places are in. */
function addProblems(broken: Map<string, Problem[]>, routing: WorkspaceRouting, workspace: Workspace): void {
  const add = (stack: string, problem: Problem): void => addTo(broken, stack, problem);
  for (const project of routing.projects) {
    for (const problem of project.problems) if (problem.severity === 'error') add(project.project, problem);
  }
  const disputed = new Set(routing.disputes.map(({ problem }) => problem));
  for (const problem of routing.problems) {
    if (problem.severity !== 'error' || disputed.has(problem)) continue;
    if (problem.project !== undefined) {
      add(problem.project, problem);
      continue;
    }
    const places = [problem.place, ...(problem.related ?? []).map((related) => related.place)];
    const named = workspace.projects.filter(({ folder }) =>
      places.some((place) => place?.file.startsWith(`${folder}/`)),
    );
    for (const { name } of named) add(name, problem);
    if (named.length === 0) add(PROXY_STACK, problem);
  }
}

function traefikImage(artifacts: readonly ArtifactFile[]): string {
  const compose = artifacts.find(({ path: file }) => file === PROXY_COMPOSE_FILE)?.text ?? '';
  const { services } = parse(compose) as { services?: Record<string, { image?: string }> };
  return services?.[TRAEFIK]?.image ?? '';
}

/** What the proxy serves when the sources are deployed as they are. */
function published(artifacts: readonly ArtifactFile[]): PublishedFile[] {
  const places = publishedPaths();
  return artifacts.flatMap((file) => {
    const target = places[file.path];
    return target === undefined ? [] : [{ path: target, text: file.text }];
  });
}

/** Traefik watches its dynamic folder, CoreDNS its Corefile when told to reload it; the rest is read at the start. */
function startedWith(files: PublishedFile[]): Record<string, string> {
  const digests: Record<string, string> = {};
  for (const file of files) {
    if (file.path.startsWith('traefik/dynamic/')) continue;
    if (path.basename(file.path) === 'Corefile' && /^\s*reload\b/m.test(file.text)) continue;
    // A comment is no reason to restart Traefik.
    const content = file.path === STATIC_FILE ? canonicalJson(parse(file.text, { merge: true })) : file.text;
    digests[file.path] = sha256(content);
  }
  return digests;
}

/** A secret between two of our own containers: made here, known to nobody. */
async function ensureKey(file: string): Promise<void> {
  if ((await readFileOrNull(file)) === null) await writeFileAtomic(file, randomBytes(32).toString('hex'));
}

/** The proxy first, then providers before consumers, else by name. A circle of egress is taken as it comes. */
export function orderOf(names: string[], specs: Map<string, StackSpec>): string[] {
  const wanted = new Set(names);
  const ordered: string[] = [];
  const visited = new Set<string>();
  const visit = (name: string): void => {
    if (visited.has(name)) return;
    visited.add(name);
    for (const provider of specs.get(name)?.providers ?? []) visit(provider);
    if (wanted.has(name)) ordered.push(name);
  };
  if (wanted.has(PROXY_STACK)) visit(PROXY_STACK);
  for (const name of [...wanted].sort()) visit(name);
  return ordered;
}
