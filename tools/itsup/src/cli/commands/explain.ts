import { withContext } from './context';
import { EXIT, type Command } from '../command';

export const explain: Command = {
  usage: '<url | host:port | domain | port>',
  summary: 'tell who serves a URL, a port or a domain, why the others do not, and what is wrong',
  options: { json: { type: 'boolean', description: 'print JSON' } },
  examples: [
    'itsup explain https://app.example.com/api',
    'itsup explain app.example.com',
    'itsup explain db.example.com:5432',
    'itsup explain 53/udp --json',
  ],
  words: { min: 1, max: 1 },
  missing: 'it needs a URL, a host:port, a domain or a port',
  run: async (input) => {
    const { root, words, flags, color, print } = input;
    const { readWorkspace, UserError } = await import('@itsup/config');
    const { explain: explainFrom, parseQuestion, routeWorkspace } = await import('@itsup/routing');
    const { asDeployed, formatExplanation, observeRunning } = await import('@itsup/deploy');
    const parsed = parseQuestion(words[0] ?? '');
    if ('problem' in parsed) throw new UserError(parsed.problem);
    const { question } = parsed;
    const { explanation, running } = await withContext(input, async (context) => {
      const { workspace, circumstances } = await asDeployed(context, await readWorkspace(root));
      const routing = routeWorkspace(workspace, new Map(), circumstances);
      const found = explainFrom(question, workspace, routing, circumstances);
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
