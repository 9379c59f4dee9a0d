import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { isCheckedVersion } from '@itsup/traefik';
import type { Workspace } from '@itsup/config';
import {
  HOST_CONTEXT,
  certificatesOrNull,
  createSecretsReader,
  lookUp,
  maintenancePages,
  pluginFacts,
  unservedNow,
  type DeployContext,
} from '@itsup/deploy';
import { DockerError, type Engine, ofComposeProject } from '@itsup/docker';

import type { DiskFacts, HostFacts, ProductFacts } from './facts';
import { certificateFacts } from './gather/certificates';
import { wantedFacts } from './gather/configuration';
import { kernelFacts } from './gather/kernel';
import { leftoverFacts } from './gather/leftovers';
import { secretsFacts } from './gather/secrets';
import { unitsFacts } from './gather/units';
import { newestFile, unsynchronized, workspaceFacts } from './gather/workspace';

/**
 * Looks at the host, and changes nothing. What cannot be had is null in the facts: a doctor that crashes helps nobody.
 * Rejects only when it is interrupted.
 * @param product what the command knows of itself
 */
export async function gatherFacts(
  context: DeployContext,
  workspace: Workspace,
  product: ProductFacts,
): Promise<HostFacts> {
  const { docker, state, system } = context;
  const [versions, engine, wanted] = await Promise.all([
    docker.versions(),
    orNull(docker.engine()),
    hasEmail(context, workspace).then((email) => wantedFacts(workspace, email)),
  ]);
  const [networks, listeners, containers, lookups, leftovers, secrets, unserved] = await Promise.all([
    engine === null ? [] : allNetworks(context),
    orNull(docker.listeners()),
    engine === null ? [] : orNull(docker.listContainers({ labelFilters: ofComposeProject('proxy') })),
    lookUp(wanted.domains),
    leftoverFacts(context, isCheckedVersion(workspace.settings.versions.traefik)),
    secretsFacts(context, workspace),
    engine === null ? [] : orNull(unservedNow(context, workspace)),
  ]);
  const interfaces = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return {
    now: system.now(),
    versions,
    engine,
    kernel: await kernelFacts(),
    networks,
    interfaceNetworks: interfaces.flatMap(({ cidr, internal }) => (cidr === null || internal ? [] : [cidr])),
    addresses: interfaces.filter(({ internal }) => !internal).map(({ address }) => address),
    listeners,
    proxyRuns: (containers ?? []).some(
      ({ compose, state: now }) => compose?.service === 'traefik' && now === 'running',
    ),
    honeypotRuns:
      containers === null || containers.length === 0
        ? null
        : containers.some(
            ({ compose, state: now, health }) =>
              compose?.service === 'dns' && now === 'running' && health !== 'unhealthy',
          ),
    unserved: unserved ?? [],
    pages: engine === null ? [] : ((await orNull(maintenancePages(context))) ?? []),
    wanted,
    lookups,
    certificates: {
      ...(await certificateFacts(path.join(state.dir, 'acme/acme.json'))),
      statuses: engine === null ? null : await orNull(certificatesOrNull(context, workspace)),
    },
    clock: { newestFile: await newestFile(context), unsynchronized: await unsynchronized() },
    disks: await diskFacts(engine, state.dir),
    workspace: await workspaceFacts(context, workspace, product),
    leftovers,
    secrets,
    product: product.versions,
    units: await unitsFacts(context.root, product.bin),
    plugin: await pluginFacts(context, workspace.settings),
  };
}

async function hasEmail({ root, docker, env }: DeployContext, { settings }: Workspace): Promise<boolean> {
  if (settings.letsEncrypt.email !== null || env['LETSENCRYPT_EMAIL']) return true;
  // A file that cannot be read is another check's finding.
  const secrets = await createSecretsReader(root, docker)(HOST_CONTEXT).catch(() => null);
  return Boolean(secrets?.variables['LETSENCRYPT_EMAIL']);
}

async function allNetworks({ docker }: DeployContext): Promise<HostFacts['networks']> {
  const names = await orNull(docker.listNetworks());
  return names === null ? [] : ((await orNull(docker.inspectNetworks(names.map(({ id }) => id)))) ?? []);
}

/** Two folders of one file system are told once. */
async function diskFacts(engine: Engine | null, stateDir: string): Promise<DiskFacts[]> {
  const places = [
    ...(engine?.location === 'local' ? [{ what: "Docker's data", path: engine.rootDir }] : []),
    { what: 'the state folder', path: stateDir },
  ];
  const disks: DiskFacts[] = [];
  for (const place of places) {
    const found = await nearestStatfs(place.path);
    if (found === null) continue;
    const { bavail, blocks, bsize, ffree, files } = found;
    const disk = {
      ...place,
      freeBytes: bavail * bsize,
      totalBytes: blocks * bsize,
      freeInodes: files === 0 ? null : ffree / files,
    };
    const same = disks.find((one) => one.totalBytes === disk.totalBytes && one.freeBytes === disk.freeBytes);
    if (same === undefined) disks.push(disk);
    else same.what = `${same.what} and ${disk.what}`;
  }
  return disks;
}

/** Of the folder, or of the nearest above it that is there. */
async function nearestStatfs(folder: string): Promise<StatsFs | null> {
  try {
    return await statfs(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? null : nearestStatfs(parent);
  }
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DockerError && error.code !== 'interrupted') return null;
    throw error;
  }
}
