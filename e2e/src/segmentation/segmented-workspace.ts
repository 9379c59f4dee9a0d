import { stringify } from 'yaml';
import { backendService, buildBackend } from '../harness/traffic/backend';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { resolverAddress } from './outside';

/**
 * Five projects: two with an ingress row, an edge from one to a private one, an edge from that to another, and one that
 * is tied to nobody. The names collide on purpose: `web` and `store` stand in several of them, public and private.
 */
const PROJECTS: Record<string, { services: string[]; ingress?: object[]; egress?: string[] }> = {
  shop: { services: ['web', 'store'], ingress: [row('web', 'shop.localhost')], egress: ['catalog:api'] },
  catalog: { services: ['api', 'cache'], egress: ['archive:store'] },
  archive: { services: ['store', 'admin'] },
  // Its public store has the name of others' private ones.
  alpha: {
    services: ['web', 'store'],
    ingress: [row('web', 'alpha.localhost'), row('store', 'store.localhost')],
  },
  lonely: { services: ['job'] },
};

function row(service: string, domain: string): object {
  return { service, domain, port: 8080 };
}

export interface SegmentedWorkspace {
  workspace: TestWorkspace;
  /** The host's address, where a resolver stands for the outside world, which a test machine may not reach. */
  resolver: string;
  /** Adds a project that is not deployed yet, its egress in the folders' names. */
  add(folder: string, services: string[], egress: string[]): Promise<string>;
}

/** The workspace of the five projects; every container answers with `<folder>.<service>`. Nothing is deployed yet. */
export async function createSegmentedWorkspace(): Promise<SegmentedWorkspace> {
  const resolver = await resolverAddress();
  const workspace = await createWorkspace({ settings: { dns: { resolvers: [resolver] } } });
  const image = await buildBackend(workspace.prefix);
  const write = async (
    folder: string,
    services: string[],
    ingress: object[],
    egress: string[],
  ): Promise<string> => {
    const project = workspace.name(folder);
    const compose = {
      services: Object.fromEntries(
        services.map((service) => [service, backendService(image, `${folder}.${service}`)]),
      ),
    };
    await workspace.write(`projects/${project}/docker-compose.yml`, stringify(compose));
    if (ingress.length + egress.length > 0) {
      const rows = { ingress, egress: egress.map((edge) => workspace.name(edge)) };
      await workspace.write(`projects/${project}/ingress.yml`, stringify(rows));
    }
    return project;
  };
  for (const [folder, { services, ingress = [], egress = [] }] of Object.entries(PROJECTS)) {
    await write(folder, services, ingress, egress);
  }
  await workspace.commit('Add five projects');
  return { workspace, resolver, add: (folder, services, egress) => write(folder, services, [], egress) };
}
