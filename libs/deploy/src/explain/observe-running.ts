import type { Problem, Workspace } from '@itsup/config';
import type { ContainerSummary } from '@itsup/docker';
import { routeWorkspace, type Explanation } from '@itsup/routing';

import { certificatesOrNull } from '../certificates/certificates';
import type { DeployContext } from '../context';
import { listEngine } from '../engine/list-engine';
import { proxyAccess } from '../proxy/proxy-access';
import { getText } from '../proxy/network-probes';
import { maintenancePages } from '../maintenance/pages';
import { byProject, observe } from '../plan/observe';
import { createTraefikApi, TraefikApiError } from '@itsup/traefik';
import type { RowQuestion } from '../serving/questions';
import { verdictOn } from '../serving/verdict';
import type { DeployRecord } from '../requests';
import { readRecords } from '../state/records';
import { certificateFacts, certificateFindings } from './certificate-facts';
import { refuseSwarm } from '../stack/refuse-swarm';
import { judgeRows, judgeRunning, type Observation } from './judge-running';
import type { RunningFacts } from './model';

/**
 * Adds to an explanation what runs: containers, and what the running Traefik says. Changes nothing, and takes an engine
 * or a Traefik that does not answer as a fact like any other.
 */
export async function observeRunning(
  context: DeployContext,
  explanation: Explanation,
  workspace: Workspace,
): Promise<RunningFacts> {
  refuseSwarm(workspace.settings);
  const { fact: engine, listing } = await listEngine(context.docker);
  const traefik = engine.reachable
    ? await askTraefik(context, listing)
    : { served: null, reason: engine.reason };
  const statuses = traefik.served === null ? null : await certificatesOrNull(context, workspace, listing);
  const now = context.system.now();
  const judged = judgeRunning(explanation, workspace, { engine, listing, ...traefik });
  const facts = {
    ...judged,
    certificates: certificateFacts(statuses, now),
    findings: [...judged.findings, ...certificateFindings(explanation, statuses, now)],
  };
  const pages = await pageFindings(context, explanation);
  if (pages.length > 0) return { ...facts, findings: [...pages, ...facts.findings] };
  // From the sources alone nobody claims that anything is served.
  const isTold = facts.findings.some(({ severity }) => severity === 'error');
  if (traefik.served === null || isTold) return facts;
  return { ...facts, findings: [...facts.findings, ...(await askAnswers(context, explanation))] };
}

/** Where the maintenance page answers, no answer says anything of the service. */
async function pageFindings(context: DeployContext, { answers }: Explanation): Promise<Problem[]> {
  const asked = new Set(
    answers.flatMap(({ router }) => (router?.kind === 'http' ? [router.target.project] : [])),
  );
  if (asked.size === 0) return [];
  const pages = await maintenancePages(context);
  return pages
    .filter(({ stack }) => asked.has(stack))
    .map(({ stack, since, by }) => ({
      ...{ code: 'maintenance', severity: 'warning', project: stack },
      message: `visitors see the maintenance page of ${stack}, put up at ${since} by ${by}`,
      help: `itsup maintenance ${stack} off`,
    }));
}

/** Asks what Traefik says that it serves, as a client would: what the deploy would report is told here too. */
async function askAnswers({ ask }: DeployContext, { answers }: Explanation): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { outcome, router, connection } of answers) {
    if (ask === undefined || outcome !== 'served' || router === null) continue;
    const { entryPoint, tls, host, path } = connection;
    const { project, service, host: outside, port } = router.target;
    if (project === null || entryPoint.protocol === 'udp') continue;
    const isHttp = router.kind === 'http' && router.tls !== 'passthrough';
    const scheme = isHttp ? (tls ? 'https' : 'http') : 'tcp';
    const question: RowQuestion = {
      text: `${scheme}://${host ?? '*'}${path ?? ''}`,
      kind: isHttp ? 'http' : 'tcp',
      ...{ address: '127.0.0.1', port: entryPoint.port, tls, host, path: path ?? '/' },
      place: router.place ?? { file: `projects/${project}`, line: 1, column: 1 },
    };
    const what = outside ?? `${service} of ${project}`;
    const target = {
      stack: project,
      what,
      port: port ?? 0,
      look: `itsup logs ${project} ${service ?? ''}`.trim(),
    };
    const problem = verdictOn(question, await ask(question), target, true);
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

/**
 * What of the projects' rows is not served now, in the words of `explain`. Changes nothing, and opens no secret: a
 * rule with a variable is not compared. Empty without an engine.
 * @param listed Compose's containers, where somebody listed them already
 */
export async function unservedNow(
  context: DeployContext,
  workspace: Workspace,
  listed?: ContainerSummary[],
): Promise<Problem[]> {
  const { fact: engine, listing } =
    listed === undefined
      ? await listEngine(context.docker)
      : { fact: { reachable: true, reason: null }, listing: listed };
  if (!engine.reachable) return [];
  const last = await lastRecords(context, workspace);
  // On a host that nothing was deployed to nothing is to be served yet.
  if (last.length === 0) return [];
  const traefik = await askTraefik(context, listing);
  const found = judgeRows(workspace, routeWorkspace(workspace), { engine, listing, ...traefik });
  return [...found, ...failedLast(last)];
}

/** Of each project the newest record, where it has one. */
async function lastRecords({ state }: DeployContext, { projects }: Workspace): Promise<DeployRecord[]> {
  const records = await Promise.all(projects.map(({ name }) => readRecords(state, name, 1)));
  return records.flat();
}

/** What a deploy could not do, or asked for in vain: only another one tells whether it is so still. */
function failedLast(records: readonly DeployRecord[]): Problem[] {
  return records.flatMap(({ stack, outcome, problems }): Problem[] =>
    outcome !== 'failed'
      ? []
      : [
          {
            ...{ code: 'last-deploy-failed', severity: 'error', project: stack },
            message: `${stack}: its last deploy failed: ${problems[0] ?? 'without a word'}`,
            help: `itsup history ${stack}; correct it, then: itsup deploy ${stack}`,
          },
        ],
  );
}

async function askTraefik(
  { state, docker }: DeployContext,
  listing: ContainerSummary[],
): Promise<Pick<Observation, 'served' | 'reason'>> {
  const access = await proxyAccess(state, byProject(observe(listing)), docker);
  const [address] = (await access?.apis()) ?? [];
  if (address === undefined) return { served: null, reason: null };
  const api = createTraefikApi(address, getText, access?.apiSecret ?? null);
  try {
    const [configuration, entryPoints] = await Promise.all([api.rawData(), api.entryPoints()]);
    return { served: { configuration, entryPoints }, reason: null };
  } catch (error) {
    if (error instanceof TraefikApiError) return { served: null, reason: error.message };
    throw error;
  }
}
