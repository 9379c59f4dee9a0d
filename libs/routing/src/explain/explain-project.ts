import type { Problem, Workspace } from '@itsup/config';
import { nameOf } from '@itsup/traefik';
import type { Circumstances } from '../conflicts/circumstances';
import type { WorkspaceRouting } from '../model';
import { requestsFor } from '../rule/request-for';
import { candidatesOf, type Candidate } from './candidates';
import { doorsOf } from './connections';
import { explain } from './explain';
import { errorsOf } from './hints/project-hints';
import type { ConnectionAnswer, Door, Explanation } from './model';
import type { Question } from './question';

/** The proxy's name, as a person asks for it. */
const PROXY = 'proxy';

/**
 * What becomes of everything that a project asks to be reached by: its rows, and routers that its labels make; or of
 * the dashboard and the routers of `middlewares.yml`. One answer for each name, path and port, as `explain` gives it;
 * what no request is known for is a hint, and so is a host that is called like the project.
 * @param project of the workspace; null: the proxy
 */
export function explainProject(
  project: string | null,
  workspace: Workspace,
  routing: WorkspaceRouting,
  circumstances: Circumstances = {},
): Explanation {
  const name = project ?? PROXY;
  const doors = doorsOf(workspace.settings, routing);
  const all = candidatesOf(workspace, routing, circumstances.lookups);
  const own = all.filter(
    ({ fact }) =>
      fact.target.project === project && !fact.redirects && nameOf(fact.name, 'internal') === null,
  );
  const asked = own.map((candidate) => ({ candidate, questions: questionsFor(candidate, doors) }));
  const explained = distinct(asked.flatMap(({ questions }) => questions)).map((question) =>
    explain(question, workspace, routing, circumstances),
  );
  const answers = new Map<string, ConnectionAnswer>();
  for (const { connection, ...answer } of explained.flatMap((one) => one.answers)) {
    const { entryPoint, tls, host, path } = connection;
    answers.set(JSON.stringify([entryPoint.name, tls, host, path]), { connection, ...answer });
  }
  const unasked = asked.flatMap(({ candidate, questions }) =>
    questions.length > 0 ? [] : [unknown(candidate)],
  );
  const hints = [
    ...explained.flatMap((one) => one.hints),
    ...unasked,
    ...(own.length > 0
      ? []
      : project === null
        ? [withoutDashboard()]
        : withoutAny(project, workspace, routing)),
    ...alsoHost(name, all),
  ];
  return {
    question: { text: name, scheme: null, host: null, port: null, path: null, query: [] },
    answers: [...answers.values()],
    hints: [...new Map(hints.map((hint) => [hint.message, hint])).values()],
    limits: Object.assign({}, ...explained.map(({ limits }) => limits)) as Explanation['limits'],
  };
}

/** As a person would type them. */
function questionsFor({ fact, hosts }: Candidate, doors: readonly Door[]): Question[] {
  const { kind, rule, tls, entryPoints } = fact;
  return entryPoints.flatMap((entryPoint): Question[] => {
    const door = doors.find((each) => each.name === entryPoint);
    if (door === undefined) return [];
    const port = door.port;
    const bare = { port, path: null, query: [] as Question['query'] };
    if (kind === 'udp') return [{ ...bare, text: `${port}/udp`, scheme: 'udp', host: null }];
    const isTls = tls !== 'none';
    if (kind === 'tcp') {
      const names = hosts.filter((host) => host !== '*');
      const scheme = isTls ? 'tls' : 'tcp';
      return (names.length > 0 ? names : [null]).map((host) => {
        const named = host?.replace(/^\*(?=\.)/, 'any') ?? null;
        return { ...bare, text: `${scheme}://${named ?? '*'}:${port}`, scheme, host: named };
      });
    }
    const scheme = isTls ? 'https' : 'http';
    return requestsFor(rule ?? '').map(({ host, path }) => {
      const query: Question['query'] = [];
      return { text: `${scheme}://${host ?? '*'}:${port}${path}`, scheme, host, port, path, query };
    });
  });
}

function distinct(questions: readonly Question[]): Question[] {
  return [...new Map(questions.map((question) => [question.text, question])).values()];
}

/** Its rule looks at more than a name and a path. */
function unknown({ fact: { name, rule, place } }: Candidate): Problem {
  return {
    ...{ code: 'no-request-known', severity: 'note' },
    message: `no request is known that ${name} takes: ${rule ?? 'it has no rule'}`,
    help: 'ask for a URL of it: itsup explain https://app.example.com/api',
    ...(place !== null && { place }),
  };
}

/** What was asked for is a project; who meant the host is told how to ask for that. */
function alsoHost(name: string, all: readonly Candidate[]): Problem[] {
  const named = all.find(({ fact, hosts }) => !fact.redirects && hosts.includes(name.toLowerCase()));
  if (named === undefined) return [];
  const { name: router, place } = named.fact;
  return [
    {
      ...{ code: 'also-a-host', severity: 'note' },
      message: `${name} is the name of a project, of which this tells, and a host that ${router} takes`,
      help: `ask for the host: itsup explain http://${name}`,
      ...(place !== null && { place }),
    },
  ];
}

function withoutDashboard(): Problem {
  return {
    ...{ code: 'no-dashboard', severity: 'note' },
    message: 'the proxy itself has no address: its dashboard is switched off',
    help: 'it needs traefik.domain in projects/itsup.yml, and a user: TRAEFIK_ADMIN in secrets/itsup.env',
  };
}

/** A project that nothing leads to: what is wrong with it, else that it asks for nothing. */
function withoutAny(name: string, workspace: Workspace, routing: WorkspaceRouting): Problem[] {
  const project = workspace.projects.find((each) => each.name === name);
  if (project === undefined) return [];
  if (!project.enabled)
    return [
      {
        ...{
          code: 'project-disabled',
          severity: 'note',
          message: `${name} is not enabled: nothing of it is published`,
        },
        help: `remove enabled: false from ${project.ingressFile ?? project.folder}, then: itsup deploy ${name}`,
      },
    ];
  const errors = errorsOf(project, [], { workspace, routing });
  if (errors.length > 0) return errors;
  return [
    {
      ...{
        code: 'no-rows',
        severity: 'note',
        message: `${name} has no rows: nothing of it is reached from outside`,
      },
      help: `a row in ${project.folder}/ingress.yml publishes a service`,
    },
  ];
}
