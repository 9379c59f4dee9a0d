import { rm } from 'node:fs/promises';
import path from 'node:path';

import { UserError } from '@itsup/config';
import { type Docker, DockerError } from '@itsup/docker';

import type { DeployContext } from '../context';
import { helperImage } from '../engine/helper-image';
import { writeFileAtomic } from '../state/atomic-file';
import type { State } from '../state/state';

/** On the container that shows a stack's page; its value is the stack. */
export const PAGE_LABEL = 'itsup.maintenance';
/** Nobody but these containers is on it, and it leads nowhere: Traefik comes from the host. */
export const PAGE_NETWORK = 'itsup-maintenance';

const PORT = 8080;
const SETTLE_MS = 300;
/** nobody */
const USER = '65534:65534';

/**
 * Says the page to whoever connects: reads the head of the request, answers, and reads on for a while, for closing at
 * once would reset what was said.
 */
const HANDLER = [
  `end=$(printf '\\r')`,
  'while read -r line && [ -n "$line" ] && [ "$line" != "$end" ]; do :; done',
  'cat /page/answer',
  'timeout 2 cat >/dev/null',
].join('; ');

/** Of busybox there are two makes of `nc`, and each has a letter of its own for more than one connection. */
const SERVE =
  `case "$(nc --help 2>&1)" in *-lk*) many=-lk;; *) many=-ll;; esac; ` +
  `exec nc "$many" -p ${PORT} -e /bin/sh -c ${quoted(HANDLER)}`;

/** Traefik's name for the container's service, without provider. */
export function pageService(stack: string): string {
  return `itsup-maintenance-${stack}`;
}

/**
 * Starts the container that shows a stack's page, in place of one that is there: of Traefik's own image, which is on
 * the engine wherever a Traefik runs. It starts again with the host.
 * @param page HTML
 * @throws UserError where the image has nothing to show a page with
 */
export async function startPageServer(
  { docker, state, system }: Pick<DeployContext, 'docker' | 'state' | 'system'>,
  stack: string,
  page: string,
): Promise<void> {
  const folder = pageFolder(state, stack);
  // Read by a container whose user owns nothing here.
  await writeFileAtomic(path.join(folder, 'answer'), answerOf(page), { mode: 0o644, folderMode: 0o755 });
  if ((await serversOf(docker, stack)).some(({ state: standing }) => standing === 'running')) return;
  const image = await helperImage(docker);
  if (image === undefined) throw withoutImage(stack);
  await makeNetwork(docker);
  await removeServers(docker, stack);
  const service = pageService(stack);
  const id = await docker.runDetached({
    image,
    entrypoint: '/bin/sh',
    command: ['-c', SERVE],
    name: service,
    labels: {
      [PAGE_LABEL]: stack,
      'traefik.enable': 'true',
      'traefik.docker.network': PAGE_NETWORK,
      [`traefik.http.services.${service}.loadbalancer.server.port`]: String(PORT),
    },
    network: PAGE_NETWORK,
    binds: [`${folder}:/page:ro`],
    user: USER,
    capDrop: ['ALL'],
    securityOpt: ['no-new-privileges:true'],
    readOnly: true,
    pidsLimit: 512,
    restart: 'unless-stopped',
  });
  await system.sleep(SETTLE_MS);
  const [container] = await docker.inspectContainers([id]);
  if (container?.running === true && container.restartCount === 0) return;
  const log = await docker.logs(id, { tail: 3 }).catch(() => '');
  await stopPageServer({ docker, state }, stack);
  throw new UserError({
    code: 'page-not-shown',
    severity: 'error',
    project: stack,
    message: `the image ${image} cannot show the page: ${log.trim().split('\n').at(-1) ?? 'it ended'}`,
    help: 'the page is shown by the busybox of Traefik’s image (nc); images.traefik in projects/itsup.yml names the image',
  });
}

/** Removes it, and the network with the last of them. */
export async function stopPageServer(
  { docker, state }: Pick<DeployContext, 'docker' | 'state'>,
  stack: string,
): Promise<void> {
  await removeServers(docker, stack);
  await rm(pageFolder(state, stack), { recursive: true, force: true });
  if ((await docker.listContainers({ labelFilters: [PAGE_LABEL] })).length > 0) return;
  await docker.removeNetwork(PAGE_NETWORK).catch((error: unknown) => {
    if (!DockerError.is(error, 'network-in-use')) throw error;
  });
}

/** Stacks whose container for the page runs. */
export async function shownPages(docker: Pick<Docker, 'listContainers'>): Promise<Set<string>> {
  const found = await docker.listContainers({ labelFilters: [PAGE_LABEL], labels: [PAGE_LABEL] });
  return new Set(
    found.flatMap(({ state, labels }) => (state === 'running' ? [labels[PAGE_LABEL] ?? ''] : [])),
  );
}

function serversOf(docker: Docker, stack: string): ReturnType<Docker['listContainers']> {
  return docker.listContainers({ labelFilters: [`${PAGE_LABEL}=${stack}`] });
}

async function removeServers(docker: Docker, stack: string): Promise<void> {
  const ids = (await serversOf(docker, stack)).map(({ id }) => id);
  if (ids.length > 0) await docker.remove(ids, { force: true });
}

async function makeNetwork(docker: Docker): Promise<void> {
  if ((await docker.inspectNetworks([PAGE_NETWORK])).length > 0) return;
  await docker.createNetwork({ name: PAGE_NETWORK, internal: true, labels: { [PAGE_LABEL]: '' } }).catch(
    // Two commands at once.
    async (error: unknown) => {
      if ((await docker.inspectNetworks([PAGE_NETWORK])).length === 0) throw error;
    },
  );
}

function pageFolder(state: State, stack: string): string {
  return path.join(state.dir, 'maintenance', stack);
}

function answerOf(page: string): string {
  return [
    'HTTP/1.1 503 Service Unavailable',
    'Content-Type: text/html; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(page)}`,
    'Retry-After: 60',
    'Cache-Control: no-store',
    'Connection: close',
    '',
    page,
  ].join('\r\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function withoutImage(stack: string): UserError {
  return new UserError({
    code: 'page-not-shown',
    severity: 'error',
    project: stack,
    message: 'no Traefik runs, so nobody would see the page',
    help: 'itsup deploy proxy',
  });
}
