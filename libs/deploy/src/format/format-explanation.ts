import { styleText } from 'node:util';

import { formatProblems, type Problem } from '@itsup/config';
import type { ConnectionAnswer, Explanation, Loss, RequestLimit, RouterFact } from '@itsup/routing';

import { isCovered } from '@itsup/traefik';

import type { ContainerFact, RouterState, RunningFacts } from '../explain/model';

type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

/** Of the losing routers so many are shown; the rest is counted. */
const MAX_LOSSES = 6;

/** The answer for people: one block for each way to ask, then what is wrong and what to do. */
export function formatExplanation(
  explanation: Explanation,
  running: RunningFacts,
  { color = false }: { color?: boolean } = {},
): string {
  const style: Style = (format, text) => (color ? styleText(format, text) : text);
  const blocks = explanation.answers.map((answer) => block(answer, explanation, running, style));
  const problems = [...explanation.hints, ...running.findings].map(withoutProject);
  const told = problems.length > 0 ? [formatProblems(problems, { color }).trimEnd()] : [];
  const engine = running.engine.reachable
    ? []
    : [style('dim', `From the sources alone: ${running.engine.reason ?? 'no engine answers'}`)];
  const { text, host, port } = explanation.question;
  const why = host === null && port === null ? 'nothing leads to it' : 'nobody listens';
  const nothing = blocks.length === 0 ? [`${style('bold', text)}: ${why}`] : [];
  return [...nothing, ...blocks, ...told, ...engine].join('\n\n');
}

function withoutProject({ project: _project, ...problem }: Problem): Problem {
  return problem;
}

function block(
  answer: ConnectionAnswer,
  { limits }: Explanation,
  running: RunningFacts,
  style: Style,
): string {
  const { router, conditional, losses, disputes } = answer;
  const rows: [label: string, text: string][] = [];
  rows.push(['entry point', entryPointOf(answer)]);
  if (router) rows.push(...routerRows(router, answer, running));
  const chain = [...answer.entryPointMiddlewares, ...(router?.middlewares ?? [])];
  for (const name of chain) if (limits[name]) rows.push(['limit', limitOf(limits[name])]);
  for (const each of conditional) {
    rows.push(['if it has', `${each.dependsOn.join(', ')}: ${each.router.name}`]);
  }
  rows.push(...disputes.map(({ message }): [string, string] => ['conflict', message]));
  const shown = losses.slice(0, MAX_LOSSES).map((each): [string, string] => ['not', lossOf(each)]);
  rows.push(...shown);
  if (losses.length > MAX_LOSSES)
    rows.push(['', `and ${losses.length - MAX_LOSSES} more (--json shows them)`]);
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text], index) => {
    const repeated = label === rows[index - 1]?.[0];
    return `  ${style('dim', (repeated ? '' : label).padEnd(width))}  ${text}`;
  });
  return [`${style('bold', urlOf(answer))}  ${verdictOf(answer, style)}`, ...lines].join('\n');
}

function limitOf({ average, burst, period }: RequestLimit): string {
  const often = period === '1s' ? 'second' : period;
  return `${average} requests a ${often} from one client, ${burst} at once; 429 beyond`;
}

function urlOf({ connection: { entryPoint, tls, port, host, path } }: ConnectionAnswer): string {
  const scheme =
    entryPoint.protocol === 'udp'
      ? 'udp'
      : entryPoint.kind === 'tcp'
        ? tls
          ? 'tls'
          : 'tcp'
        : tls
          ? 'https'
          : 'http';
  const standard = scheme === 'http' ? 80 : scheme === 'https' ? 443 : null;
  const name = host === null ? '*' : host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${name}${port === standard ? '' : `:${port}`}${path ?? ''}`;
}

function verdictOf({ outcome, router, connection, disputes }: ConnectionAnswer, style: Style): string {
  switch (outcome) {
    case 'served':
      if (disputes.length > 0)
        return style('red', `claimed more than once, ${router ? targetOf(router) : ''} among others`);
      return `${style('green', '→')} ${router ? wayOf(router) : ''}`;
    case 'redirected':
      return `${style('green', '→')} redirected to HTTPS`;
    case 'depends':
      return style('yellow', 'depends on the request');
    case 'unserved':
      return style('red', unserved(connection));
  }
}

function wayOf(router: RouterFact): string {
  return router.sentTo === null ? targetOf(router) : `redirected to ${router.sentTo}`;
}

function unserved({ entryPoint: { kind } }: ConnectionAnswer['connection']): string {
  return kind === 'http' ? 'no router takes it: 404' : 'no router takes it: the connection is closed';
}

function entryPointOf({ connection: { entryPoint, port, tls } }: ConnectionAnswer): string {
  const where = `${entryPoint.name}, port ${entryPoint.port}/${entryPoint.protocol}`;
  const mapped = port === entryPoint.port ? '' : ` (${port} has to be forwarded to it)`;
  return `${where}${mapped}${tls ? ', TLS' : ''}`;
}

function routerRows(router: RouterFact, answer: ConnectionAnswer, running: RunningFacts): [string, string][] {
  const rows: [string, string][] = [['router', `${router.name}${placeOf(router)}`]];
  if (router.rule !== null) rows.push(['rule', `${router.rule}  (${priorityOf(router)})`]);
  const chain = [...answer.entryPointMiddlewares, ...router.middlewares];
  if (chain.length > 0) rows.push(['middlewares', chain.join(' → ')]);
  if (router.tls === 'passthrough') rows.push(['TLS', 'passed through: the service has the certificate']);
  if (router.tls === 'terminated') rows.push(['TLS', certificateOf(router, answer, running)]);
  if (router.redirects) return rows;
  rows.push(['service', `${router.service}, ${targetOf(router)}`]);
  const containers = running.containers[`${router.target.project}:${router.target.service}`] ?? [];
  rows.push(...containers.map((each): [string, string] => ['containers', containerOf(each)]));
  const state = running.routers[router.name];
  if (state && state.status !== 'unknown')
    rows.push(['Traefik', answer.disputes.length > 0 ? 'may have another one' : traefikSays(state)]);
  return rows;
}

/** What is served; from the sources alone who would be asked. */
function certificateOf(
  { certResolver }: RouterFact,
  { connection: { host } }: ConnectionAnswer,
  { certificates }: RunningFacts,
): string {
  if (certResolver === null) return "Traefik's own certificate";
  const own = certificates?.find(
    ({ resolver, names }) => resolver === certResolver && host !== null && isCovered(host, names),
  );
  return own === undefined ? `certificate by ${certResolver}` : `certificate ${own.text}`;
}

function priorityOf({ priority, priorityIsWritten }: RouterFact): string {
  if (priority >= Number.MAX_SAFE_INTEGER) return 'asked before everything';
  if (priorityIsWritten) return `priority ${priority}`;
  return priority < 0 ? 'asked after everything' : `priority ${priority}, its length`;
}

function placeOf({ place }: RouterFact): string {
  return place === null ? '' : `  ${place.file}:${place.line}:${place.column}`;
}

function targetOf({ target: { project, service, host, port, scheme }, kind }: RouterFact): string {
  const speaks = kind === 'http' && scheme !== 'http' ? ` (${scheme})` : '';
  if (host !== null) return `${host}:${port} outside Docker, of ${project}${speaks}`;
  if (project === null) return 'the proxy itself';
  return `${project}:${service}${port === null ? '' : `, port ${port}`}${speaks}`;
}

function containerOf({ name, state, health, isReached }: ContainerFact): string {
  return `${name}  ${health === null || state !== 'running' ? state : health}${isReached ? '' : ', not on the network that Traefik comes by'}`;
}

function traefikSays({ status, isPinned, servers }: RouterState): string {
  const pinned = isPinned ? ', by the route file of a rollout' : '';
  if (status === 'missing') return isPinned ? `serves it${pinned}` : 'does not have it';
  if (status === 'disabled') return 'refuses it';
  const count = servers === null ? '' : `, ${servers.up} of ${servers.all} servers up`;
  return `has it${pinned}${count}${status === 'warning' ? ', with a complaint' : ''}`;
}

function lossOf({ router, text }: Loss): string {
  return `${router.name} ${text}${router.rule === null ? '' : `: ${router.rule}`}`;
}
