import { dirname, resolve } from 'node:path';
import { mkdir, writeFile } from 'node:fs/promises';
import { withContext } from './context';
import { resolveStacks } from '../stack-names';
import { EXIT, type Command } from '../command';

/** Where the picture goes when nobody says; Git ignores the folder. */
const DEFAULT_FILE = 'tmp/topology.html';

export const topology: Command = {
  usage: '[project…]',
  summary: 'draw names and ports, routers, services and networks, and how they run, as one HTML page',
  options: {
    output: {
      type: 'string',
      short: 'o',
      value: 'file',
      description: `where to write it (default: ${DEFAULT_FILE})`,
    },
    mermaid: {
      type: 'boolean',
      description: 'write Mermaid text, to standard output unless --output names a file',
    },
  },
  examples: ['itsup topology', 'itsup topology shop --mermaid', 'itsup topology --output topology.html'],
  words: { min: 0, max: Infinity },
  run: async (input) => {
    const { root, cwd, words, flags, print, tell, color } = input;
    const { formatProblems, readWorkspace } = await import('@itsup/config');
    const { routeWorkspace, topologyOf } = await import('@itsup/routing');
    const { loadTopologyTemplates, renderTopologyMermaid, renderTopologyPage } =
      await import('@itsup/artifacts');
    const only = words.length > 0 ? await resolveStacks(root, words) : undefined;
    const workspace = await readWorkspace(root);
    const wrong = workspace.problems.filter(
      ({ severity, project }) => severity === 'error' && project === undefined,
    );
    if (wrong.length > 0) tell(formatProblems(wrong, { color }).trimEnd());
    const drawn = topologyOf(workspace, routeWorkspace(workspace), only);
    const templates = await loadTopologyTemplates(root);
    const { topologyHealth } = await import('@itsup/deploy');
    const text =
      flags.mermaid === true
        ? renderTopologyMermaid(drawn, templates)
        : renderTopologyPage(
            drawn,
            templates,
            await withContext(input, (context) => topologyHealth(context, workspace)),
          );
    if (flags.mermaid === true && typeof flags.output !== 'string') {
      print(text.trimEnd());
      return EXIT.ok;
    }
    const file = typeof flags.output === 'string' ? resolve(cwd, flags.output) : resolve(root, DEFAULT_FILE);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    print(file);
    return EXIT.ok;
  },
};
