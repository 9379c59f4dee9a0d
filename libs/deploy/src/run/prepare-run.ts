import { randomBytes } from 'node:crypto';
import path from 'node:path';

import { generateStacks, loadTemplates, renderProxy, traefikFileProblems } from '@itsup/artifacts';
import { knownObjects } from '@itsup/routing';

import { NOTHING_GIVEN_UP } from '../certificates/refused/given-up';
import { CertificateKeeper } from '../certificates/keeper';
import type { DeployContext } from '../context';
import { Digester } from '../desired/digest';
import { createSecretsReader } from '../desired/environment/secrets';
import { readImageLock } from '../images/image-lock';
import type { FirstFetched } from '../images/record-first';
import { pluginOfRun } from '../plugins/plugin-of-run';
import { listEngine } from '../engine/list-engine';
import { byProject, observe } from '../plan/observe';
import { apiRoute } from '../publish/api-route';
import { certificateFiles } from '../publish/certificate-files';
import { readClaims } from '../ownership/claims-file';
import { Publisher } from '../publish/publisher';
import { routeOwners } from '../publish/route-owners';
import { apiSecretOf, claimWorkspace, checkoutProblem, readIdentity } from '../state/identity';
import { readFileOrNull, writeFileAtomic } from '../state/atomic-file';
import { deployedFiles } from '../state/deployed';
import { tryFiles } from '../trial/try-files';
import { checkStateInUse, takeOverState } from './refusal/check-state';
import { addTo, hasWorkspaceError, withoutBroken } from './broken';
import { hidingReader } from './secrets/hide-secrets';
import { withHostSecrets } from './secrets/host-secrets';
import { judgeWorkspace } from './judge-workspace';
import { orderOf } from './schedule/order';
import { proxyFiles, startedWith, traefikImage } from './proxy-files';
import { whyProxyAlong } from './proxy-needed';
import { PROXY_STACK, type PlanRequest } from '../requests';
import { digestOfWritten } from './rendered-by';
import { labelUses } from './label-uses';
import { readSharedTalk } from './leaving-shared';
import type { Run } from './run';
import { successorsOf } from './successors';
import { stackSpecs } from '../stack/stack-spec';
import { worthTelling } from './worth-telling';
import { once } from '../once';
import { PARALLEL, Slots } from './schedule/slots';

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
  const answer = listEngine(context.docker, { isNeeded: claim });
  // Whoever waits for it is told; until then there is enough to do that needs no engine.
  answer.catch(() => undefined);
  const [templates, deployed, claims, lock] = await Promise.all([
    loadTemplates(root),
    deployedFiles(state),
    readClaims(state),
    readImageLock(root),
  ]);
  const { secrets, hide: hideAll } = hidingReader(createSecretsReader(root, context.docker));
  const workspace = await withHostSecrets(request.workspace, context.env, secrets).catch(
    async (error: unknown) => {
      if ((await answer).fact.reachable) throw error;
      // Against an empty host nothing is published, and whoever plans there may have no key.
      return request.workspace;
    },
  );
  const names = [...(request.stacks ?? [PROXY_STACK, ...workspace.projects.map((project) => project.name)])];
  const judged = await judgeWorkspace(context, workspace, names, {
    ...{ secrets, deployed: deployed.keys(), claims },
  });
  const { routing, circumstances, routers, broken } = judged;
  const specs = stackSpecs(root, workspace, routing);
  // Routes of a project that cannot be deployed stay as they were published.
  const sound = { ...workspace, projects: workspace.projects.filter((project) => !broken.has(project.name)) };
  const served = broken.size === 0 ? routing : withoutBroken(sound, routing, routers, broken);
  const artifacts = hasWorkspaceError(workspace) ? [] : renderProxy(sound, served, templates);
  const faults =
    artifacts.length === 0 ? [] : traefikFileProblems(artifacts, sound.settings, knownObjects(sound, served));
  for (const fault of faults) if (fault.severity === 'error') addTo(broken, PROXY_STACK, fault);
  const files = proxyFiles(artifacts);
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
    hideAll,
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
    starts: new Slots(PARALLEL),
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

/** A secret between two of our own containers: made here, known to nobody. */
async function ensureKey(file: string): Promise<void> {
  if ((await readFileOrNull(file)) === null) await writeFileAtomic(file, randomBytes(32).toString('hex'));
}
