import { stringify } from 'yaml';
import { BACKEND, backendService, backendsListening, buildBackend } from '../harness/traffic/backend';
import { containersOf, type ContainerState } from '../harness/engine/engine';
import { succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace, type WorkspaceOptions } from '../harness/workspace/workspace';

/** A project of an operator who hosts several: services by name, as a Compose file has them. */
export interface Tenant {
  /** Keys besides the ones that make a service answer with `<folder>.<service>`. */
  services: Record<string, Record<string, unknown>>;
  /** Top-level keys of the Compose file besides `services`. */
  compose?: Record<string, unknown>;
  ingress?: object[];
  /** Other keys of ingress.yml. */
  rows?: Record<string, unknown>;
}

/** Several projects of people who do not trust each other, on one engine. */
export interface Tenants {
  workspace: TestWorkspace;
  /** The image that answers over HTTP, TCP and UDP (`harness/traffic/backend.ts`). */
  image: string;
  /** Writes a project; `write` again changes it. Returns its name. */
  write(folder: string, tenant: Tenant): Promise<string>;
  /** Deploys the projects of these folders, `proxy` for the proxy stack, and waits until they answer. */
  deploy(...folders: string[]): Promise<void>;
  /** The running container of a service. Throws when there is none. */
  container(folder: string, service: string): Promise<ContainerState>;
  dispose(): Promise<void>;
}

/** A row that leads a host name to a service of `tenant.services`. */
export function site(service: string, domain: string, more: Record<string, unknown> = {}): object {
  return { service, domain, port: BACKEND.http, ...more };
}

/** Makes a workspace of these projects. Nothing is deployed yet. */
export async function openTenants(
  tenants: Record<string, Tenant>,
  options: WorkspaceOptions = {},
): Promise<Tenants> {
  const workspace = await createWorkspace(options);
  const image = await buildBackend(workspace.prefix);
  const write = async (folder: string, tenant: Tenant): Promise<string> => {
    const project = workspace.name(folder);
    const services = Object.fromEntries(
      Object.entries(tenant.services).map(([service, more]) => [
        service,
        { ...backendService(image, `${folder}.${service}`), ...more },
      ]),
    );
    await workspace.write(
      `projects/${project}/docker-compose.yml`,
      stringify({ services, ...tenant.compose }),
    );
    if (tenant.ingress ?? tenant.rows) {
      const rows = { ...tenant.rows, ingress: tenant.ingress ?? [] };
      await workspace.write(`projects/${project}/ingress.yml`, stringify(rows));
    }
    return project;
  };
  for (const [folder, tenant] of Object.entries(tenants)) await write(folder, tenant);
  await workspace.commit('Add the tenants');

  return {
    workspace,
    image,
    write,
    deploy: async (...folders) => {
      const projects = folders.map((folder) => (folder === 'proxy' ? folder : workspace.name(folder)));
      succeeded(await workspace.nx(['run-many', '-t', 'deploy', '-p', projects.join(',')]));
      await backendsListening(projects.filter((project) => project !== 'proxy'));
    },
    container: async (folder, service) => {
      const project = folder === 'proxy' ? folder : workspace.name(folder);
      const found = (await containersOf(project)).find((each) => each.service === service);
      if (!found) throw new Error(`${folder} runs no ${service}`);
      return found;
    },
    dispose: () => workspace.dispose(),
  };
}
