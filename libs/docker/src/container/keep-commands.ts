import type { Docker } from '../docker';
import { postToEngine, readArchive, writeArchive } from '../engine/engine-api';
import type { CommandRunner } from '../process/command-runner';
import { keptContainer, type KeptContainer, type RawKept } from './kept-container';
import { fromRoot, type WrittenFile } from './written-files';

type Needs = Pick<Docker, 'engine' | 'inspectImages' | 'connectNetwork' | 'start'>;

export function keepCommands(
  runner: CommandRunner,
  docker: Needs,
): Pick<Docker, 'keepContainers' | 'bringBack'> {
  return {
    keepContainers: async (ids, written = []) => {
      if (ids.length === 0) return [];
      const { stdout } = await runner.run({
        args: ['container', 'inspect', ...ids],
        title: 'docker container inspect',
      });
      const raws = JSON.parse(stdout) as RawKept[];
      const images = await docker.inspectImages([...new Set(raws.map(({ Config }) => Config.Image))]);
      return Promise.all(
        raws.map(async (raw) => ({
          ...keptContainer(raw, images.get(raw.Config.Image)?.id === raw.Image),
          ...(written.length > 0 && (await keepFiles(docker, raw.Id, written))),
        })),
      );
    },

    bringBack: async ({ name, body, networks, written = [] }: KeptContainer) => {
      const { endpoint } = await docker.engine();
      const made = await postToEngine(endpoint, `/containers/create?name=${encodeURIComponent(name)}`, body);
      const { Id } = made as { Id: string };
      for (const { name: network, ...options } of networks) await docker.connectNetwork(network, Id, options);
      for (const { tar } of written) await writeArchive(endpoint, Id, tar);
      await docker.start([Id]);
      return Id;
    },
  };
}

async function keepFiles(
  docker: Pick<Docker, 'engine'>,
  id: string,
  paths: readonly string[],
): Promise<Required<Pick<KeptContainer, 'written' | 'lost'>>> {
  const { endpoint } = await docker.engine();
  const kept: { written: WrittenFile[]; lost: string[] } = { written: [], lost: [] };
  for (const path of paths) {
    const archive = await readArchive(endpoint, id, path).catch(() => 'unread' as const);
    // What it never had it does not lose.
    if (archive === null) continue;
    const tar = archive === 'unread' ? null : fromRoot(archive, path);
    if (tar === null) kept.lost.push(path);
    else kept.written.push({ path, tar });
  }
  return kept;
}
