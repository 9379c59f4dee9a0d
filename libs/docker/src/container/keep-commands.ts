import type { Docker } from '../docker';
import { postToEngine } from '../engine/engine-api';
import type { CommandRunner } from '../process/command-runner';
import { keptContainer, type KeptContainer, type RawKept } from './kept-container';

type Needs = Pick<Docker, 'engine' | 'inspectImages' | 'connectNetwork' | 'start'>;

export function keepCommands(
  runner: CommandRunner,
  docker: Needs,
): Pick<Docker, 'keepContainers' | 'bringBack'> {
  return {
    keepContainers: async (ids) => {
      if (ids.length === 0) return [];
      const { stdout } = await runner.run({
        args: ['container', 'inspect', ...ids],
        title: 'docker container inspect',
      });
      const raws = JSON.parse(stdout) as RawKept[];
      const images = await docker.inspectImages([...new Set(raws.map(({ Config }) => Config.Image))]);
      return raws.map((raw) => keptContainer(raw, images.get(raw.Config.Image)?.id === raw.Image));
    },

    bringBack: async ({ name, body, networks }: KeptContainer) => {
      const { endpoint } = await docker.engine();
      const made = await postToEngine(endpoint, `/containers/create?name=${encodeURIComponent(name)}`, body);
      const { Id } = made as { Id: string };
      for (const { name: network, ...options } of networks) await docker.connectNetwork(network, Id, options);
      await docker.start([Id]);
      return Id;
    },
  };
}
