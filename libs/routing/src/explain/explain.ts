import type { Problem, Workspace } from '@itsup/config';
import { qualified } from '@itsup/traefik';
import type { Circumstances } from '../conflicts/circumstances';
import { entryPointMiddlewares, middlewareNames, overriddenMiddlewares } from '../labels/middlewares';
import type { WorkspaceRouting } from '../model';
import { candidatesOf, type Candidate } from './candidates';
import { connectionsOf, doorsOf } from './connections';
import { decide } from './decide';
import { disputesOver } from './disputes';
import { hintsOf } from './hints/hints';
import type { Connection, ConnectionAnswer, Explanation, RequestLimit } from './model';
import type { Question } from './question';

/**
 * Who serves what a person asks about, and why nobody else does, as Traefik would decide it with these sources
 * deployed. It does not know what runs: `@itsup/deploy` adds that.
 */
export function explain(
  question: Question,
  workspace: Workspace,
  routing: WorkspaceRouting,
  { lookups }: Circumstances = {},
): Explanation {
  const candidates = candidatesOf(workspace, routing, lookups);
  const doors = doorsOf(workspace.settings, routing);
  const { plain, open } = entryPointMiddlewares(workspace.settings);
  const before = ({ entryPoint }: Connection): string[] =>
    entryPoint.kind !== 'http'
      ? []
      : (overriddenMiddlewares(workspace.settings, entryPoint.name) ??
        (entryPoint.name === 'web' ? plain : open));
  const answers = connectionsOf(question, doors, candidates).map((connection) => {
    const decision = decide(connection, question.query, candidates);
    const isHttp = decision.router?.kind === 'http';
    const disputes = decision.router === null ? [] : disputesOver(decision.router, connection.host, routing);
    return { connection, ...decision, entryPointMiddlewares: isHttp ? before(connection) : [], disputes };
  });
  const hints = hintsOf({ question, workspace, routing, candidates, doors, answers });
  return {
    question,
    answers,
    hints: [...hints, ...leftOut(candidates)],
    limits: limitsIn(answers, workspace, routing),
  };
}

const MOST_LEFT_OUT = 3;

/** Routers that nobody can judge here: they are in no answer. */
function leftOut(candidates: readonly Candidate[]): Problem[] {
  const unknown = candidates.filter(({ hasVariable }) => hasVariable);
  return unknown.slice(0, MOST_LEFT_OUT).map(({ fact: { name, rule, target, place } }) => ({
    code: 'rule-with-variable',
    severity: 'note',
    message: `${name} is left out: a variable in its rule has no value here: ${rule ?? ''}`,
    help: `give it one in ${target.project === null ? 'the environment' : `projects/${target.project}/.env`}, or ask where a deploy has it`,
    ...(place !== null && { place }),
  }));
}

/** What bounds a client's requests: the host's default, and a row's own. */
function limitsIn(
  answers: readonly ConnectionAnswer[],
  { settings }: Workspace,
  routing: WorkspaceRouting,
): Explanation['limits'] {
  const known: Explanation['limits'] = {};
  if (settings.rateLimit !== null)
    known[qualified(middlewareNames.rateLimit, 'file')] = { ...settings.rateLimit, period: '1s' };
  for (const { middlewares, via } of routing.projects.flatMap((project) => project.routes)) {
    for (const [name, { rateLimit }] of Object.entries(middlewares)) {
      if (isLimit(rateLimit)) known[qualified(name, via === 'labels' ? 'docker' : 'file')] = rateLimit;
    }
  }
  const used = new Set(
    answers.flatMap(({ router, entryPointMiddlewares }) => [
      ...entryPointMiddlewares,
      ...(router?.middlewares ?? []),
    ]),
  );
  return Object.fromEntries(Object.entries(known).filter(([name]) => used.has(name)));
}

function isLimit(value: unknown): value is RequestLimit {
  return (
    typeof value === 'object' && value !== null && 'average' in value && 'burst' in value && 'period' in value
  );
}
