import { readBuildState } from '../../build/build-state';
import { nxVersion, ownCommand, ownVersion } from '../../build/own-package';
import { withContext } from './context';
import { EXIT, type Command } from '../command';

export const doctor: Command = {
  usage: '',
  summary: 'look at the host: what keeps deploys from working, each with its cure',
  options: { json: { type: 'boolean', description: 'print JSON' } },
  examples: ['itsup doctor', 'itsup doctor --json'],
  words: { min: 0, max: 0 },
  examines: true,
  run: async (input) => {
    const { root, flags, color, print } = input;
    const { readWorkspace } = await import('@itsup/config');
    const { examine, formatFindings, gatherFacts } = await import('@itsup/host');
    const workspace = await readWorkspace(root);
    const { refusal } = readBuildState(input.workspace.nxRoot);
    // The finding has a line of its own for the cure.
    const stale = refusal?.replace(/: run npm run build$/, '') ?? null;
    const { nxRoot } = input.workspace;
    const versions = { itsup: ownVersion(), nx: nxVersion(nxRoot), node: process.versions.node };
    const product = { staleBuild: stale, nxRoot, bin: ownCommand(nxRoot), versions };
    const found = examine(await withContext(input, (context) => gatherFacts(context, workspace, product)));
    print(flags.json === true ? JSON.stringify(found, null, 2) : formatFindings(found, { color }));
    return found.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.ok;
  },
};
