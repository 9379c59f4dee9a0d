import { withContext } from './context';
import { EXIT, type Command } from '../command';

export const explain: Command = {
  usage: '<project | url | host:port | domain | port>',
  summary: 'tell who serves a URL, a port, a domain or the rows of a project, and what is wrong',
  options: { json: { type: 'boolean', description: 'print JSON' } },
  examples: [
    'itsup explain blog',
    'itsup explain proxy',
    'itsup explain https://app.example.com/api',
    'itsup explain app.example.com',
    'itsup explain db.example.com:5432',
    'itsup explain 53/udp --json',
  ],
  words: { min: 1, max: 1 },
  missing: 'it needs a project, a URL, a host:port, a domain or a port',
  run: async (input) => {
    const { root, words, flags, color, print } = input;
    const [word = ''] = words;
    const project = await projectNamed(root, word);
    const { readWorkspace, UserError } = await import('@itsup/config');
    const {
      explain: explainFrom,
      explainProject,
      parseQuestion,
      routeWorkspace,
    } = await import('@itsup/routing');
    const { asDeployed, formatExplanation, observeRunning } = await import('@itsup/deploy');
    const parsed = parseQuestion(word);
    if ('problem' in parsed && project === undefined) throw new UserError(parsed.problem);
    const { explanation, running } = await withContext(input, async (context) => {
      const { workspace, circumstances } = await asDeployed(context, await readWorkspace(root));
      const routing = routeWorkspace(workspace, new Map(), circumstances);
      const found =
        'question' in parsed && project === undefined
          ? explainFrom(parsed.question, workspace, routing, circumstances)
          : explainProject(project ?? null, workspace, routing, circumstances);
      return { explanation: found, running: await observeRunning(context, found, workspace) };
    });
    print(
      flags.json === true
        ? JSON.stringify({ ...explanation, running }, null, 2)
        : formatExplanation(explanation, running, { color }),
    );
    const isReached = explanation.answers.some(({ outcome }) => outcome !== 'unserved');
    const isWrong = [...explanation.hints, ...running.findings].some(({ severity }) => severity === 'error');
    return isReached && !isWrong ? EXIT.ok : EXIT.failed;
  },
};

/** The proxy's own stack. */
const PROXY = 'proxy';

/**
 * The project that a word names, null: the proxy; undefined: it asks for something else. A word without a dot is taken
 * for a project, and for a host when there is none: `http://blog` asks for the host.
 * @throws UserError when a project was meant and there is none
 */
async function projectNamed(root: string, word: string): Promise<string | null | undefined> {
  const { listProjects, suggest, UserError } = await import('@itsup/config');
  const name = word.replace(/^projects\//, '').replace(/\/$/, '');
  const known = await listProjects(root);
  if (known.includes(name)) return name;
  if (name === PROXY) return null;
  const meant = /[.:/]|^\d+$/.test(name) ? undefined : suggest(name, [...known, PROXY]);
  if (meant === undefined) return undefined;
  throw new UserError({
    ...{ code: 'unknown-project', severity: 'error', message: `there is no project "${word}"` },
    help: `did you mean ${meant}? http://${word} asks for a host of that name`,
  });
}
