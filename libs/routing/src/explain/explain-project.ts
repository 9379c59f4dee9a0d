import type { Problem, Workspace } from '@itsup/config';
import type { Circumstances } from '../conflicts/circumstances';
import type { WorkspaceRouting } from '../model';
import { requestsFor } from '../rule/request-for';
import { candidatesOf, type Candidate } from './candidates';
import { doorsOf } from './connections';
import { explain } from './explain';
import { errorsOf } from './project-hints';
import type { ConnectionAnswer, Door, Explanation } from './model';
import type { Question } from './question';

/**
 * What becomes of everything that a project asks to be reached by: its rows, and routers that its labels make. One
 * answer for each name, path and port, as `explain` gives it; what no request is known for is a hint.
 * @param name of a project of the workspace
 */
export function explainProject(
  name: string,
  workspace: Workspace,
  routing: WorkspaceRouting,
  circumstances: Circumstances = {},
): Explanation {
  const doors = doorsOf(workspace.settings, routing);
  const own = candidatesOf(workspace, routing, circumstances.lookups).filter(
    ({ fact }) => fact.target.project === name && !fact.redirects,
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
    ...withoutAny(name, workspace, routing, own),
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

/** A project that nothing leads to: what is wrong with it, else that it asks for nothing. */
function withoutAny(
  name: string,
  workspace: Workspace,
  routing: WorkspaceRouting,
  own: readonly Candidate[],
): Problem[] {
  const project = workspace.projects.find((each) => each.name === name);
  if (project === undefined || own.length > 0) return [];
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
