import { readFileSync } from 'node:fs';
import os from 'node:os';

import type { Project, Workspace } from '@itsup/config';
import type { Circumstances } from '@itsup/routing';

import type { DeployContext } from '../../context';
import { dotenvFiles } from './dotenv-files';
import { stackEnvironment } from './environment';
import { projectPaths } from '../../stack/stack-spec';
import type { SecretsReader } from './secrets';

/**
 * What only this host knows of who owns what: its addresses, and the values of variables that decide on names and
 * ports. Only projects whose claims hold a variable are asked for their environment.
 */
export async function hostCircumstances(
  { root, state, env }: DeployContext,
  workspace: Workspace,
  secrets: SecretsReader,
): Promise<Circumstances> {
  const values = new Map<string, Record<string, string>>();
  await Promise.all(
    workspace.projects
      .filter((project) => hasVariables(project, areImagesClaimed(workspace)))
      .map(async (project) => {
        const { name } = project;
        const { files: dotenvs } = dotenvFiles(projectPaths(root, project), project, env);
        const options = { root, stack: name, dotenvs, stateDir: state.dir, env };
        // What cannot be read is told when the stack is loaded; until then defaults count.
        const read = await stackEnvironment(options, secrets).catch(() => null);
        if (read !== null) values.set(name, read.all);
      }),
  );
  return {
    lookups: (project) => {
      const known = values.get(project);
      return known === undefined ? undefined : (name) => known[name];
    },
    addresses: [...ownAddresses(), os.hostname()],
    engineNetworks: engineNetworks(os.networkInterfaces(), readRoutes()),
  };
}

/** An image that is run is somebody's only where another project may build it, and may not. */
function areImagesClaimed({ projects, settings }: Workspace): boolean {
  return (
    settings.isolation === 'strict' &&
    projects.some(({ compose }) => compose?.services.some(({ hasBuild }) => hasBuild) === true)
  );
}

/** @param areImages what it runs counts, and not what it builds alone */
function hasVariables({ compose, enabled }: Project, areImages: boolean): boolean {
  if (!enabled) return false;
  return (compose?.services ?? []).some(
    ({ variablePorts = [], containerName, labels, image, hasBuild, buildTags = [] }) =>
      variablePorts.length > 0 ||
      ((hasBuild || areImages) && [image ?? '', ...buildTags].some((text) => text.includes('$'))) ||
      containerName?.includes('$') === true ||
      Object.entries(labels).some(([key, value]) => value.includes('$') && /^traefik\./i.test(key)),
  );
}

function ownAddresses(): string[] {
  return Object.values(os.networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

/** The engine's own bridges. */
const ENGINE_BRIDGE = /^(?:docker\d+|br-[0-9a-f]{12})$/;

/**
 * The networks of the engine by the host's side of them, which every bridge has that leads to containers: nobody is
 * asked. Node leaves out a bridge without a running container, which the kernel's table of routes has.
 * @param routes `/proc/net/route`
 */
export function engineNetworks(
  interfaces: ReturnType<typeof os.networkInterfaces>,
  routes: string,
): string[] {
  const known = Object.entries(interfaces).flatMap(([name, all]) =>
    ENGINE_BRIDGE.test(name)
      ? (all ?? []).flatMap(({ cidr, scopeid }) => (cidr === null || (scopeid ?? 0) > 0 ? [] : [cidr]))
      : [],
  );
  const routed = routes.split('\n').flatMap((line) => {
    const [name = '', destination = '', gateway = '', , , , , mask = ''] = line.split('\t');
    // What lies behind a container that is a gateway is no network of the engine's.
    return ENGINE_BRIDGE.test(name) && gateway === '00000000'
      ? [`${dotted(destination)}/${bitsOf(mask)}`]
      : [];
  });
  return [...new Set([...known, ...routed])];
}

/** The kernel writes an address as one number in the machine's order, whose first byte is the last one here. */
function dotted(hexadecimal: string): string {
  return [...Buffer.from(hexadecimal, 'hex')].reverse().join('.');
}

function bitsOf(mask: string): number {
  return Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
}

/** Empty where there is no such table. */
function readRoutes(): string {
  try {
    return readFileSync('/proc/net/route', 'utf8');
  } catch {
    return '';
  }
}
