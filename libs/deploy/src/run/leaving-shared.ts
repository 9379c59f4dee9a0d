import { readFile } from 'node:fs/promises';

import { UserError, type Problem } from '@itsup/config';
import { PROXYNET } from '@itsup/routing';

import type { LoadedStack } from '../desired/loaded-stack';
import { leavesShared } from '../plan/service/leave-shared';
import { talkAmong, type SharedMember, type SharedTalk } from '../plan/network/shared-talk';
import { PROXY_STACK } from '../requests';
import type { Run } from './run';

const TABLES = ['tcp', 'tcp6', 'udp', 'udp6'];

/** What a stack gives up by leaving proxynet. */
export interface Leaving {
  /** Services of the stack that leave it. */
  services: string[];
  /** What is asked over it now, by or of these services, and has no edge that keeps it. */
  cut: SharedTalk[];
}

/** What the stack gives up; null: nothing of it leaves. Asks the engine and the kernel only when something does. */
export async function leavingOf(run: Run, loaded: LoadedStack): Promise<Leaving | null> {
  const { stack } = loaded.spec;
  const deployed = run.deployed.get(stack) ?? null;
  const services = loaded.desired.services
    .filter((service) => leavesShared(service, deployed?.services[service.name] ?? null))
    .map(({ name }) => name);
  if (services.length === 0) return null;
  const leaves = (side: SharedTalk['consumer']): boolean =>
    side.project === stack && services.includes(side.service);
  const cut = (await run.sharedTalk()).filter(
    (talk) => (leaves(talk.consumer) || leaves(talk.provider)) && !isKept(run, talk),
  );
  return { services, cut };
}

/** An edge of the consumer leads there. */
function isKept(run: Run, { consumer, provider }: SharedTalk): boolean {
  const edges = run.specs.get(consumer.project)?.edges ?? [];
  return edges.some((edge) => edge.provider === provider.project && edge.service === provider.service);
}

/** What the plan says of it. */
export function leavingNotes({ services, cut }: Leaving): string[] {
  return [
    `${services.join(', ')} ${services.length > 1 ? 'leave' : 'leaves'} ${PROXYNET}, which projects shared: Traefik comes by the project's own networks by now`,
    ...cut.map((talk) => `${wordsOf(talk)}, which ends: to keep it, ${cureOf(talk)}`),
    cut.length > 0
      ? `that is what was open or just closed on ${PROXYNET} now; a call once a day is not seen`
      : `nobody was seen asking another project over ${PROXYNET} now; a call once a day is not seen`,
  ];
}

/**
 * What is asked over the network that is left would end: that takes a line that keeps it, or somebody's word.
 * @throws UserError naming who asks whom, with the line for each
 */
export function refuseToCut(stack: string, { cut }: Leaving): void {
  if (cut.length === 0) return;
  throw new UserError(
    cut.map((talk): Problem => ({
      code: 'shared-network-in-use',
      severity: 'error',
      project: stack,
      message: `${wordsOf(talk)}, the network that ${stack} leaves`,
      help: `${cureOf(talk)}; or let it end: itsup deploy --yes`,
    })),
  );
}

function wordsOf({ consumer, provider, port }: SharedTalk): string {
  return `${consumer.project}:${consumer.service} asks ${provider.project}:${provider.service} (port ${port}) over ${PROXYNET}`;
}

function cureOf({ consumer, provider }: SharedTalk): string {
  return `add to projects/${consumer.project}/ingress.yml: egress: ["${provider.project}:${provider.service}"]`;
}

/** Who asks whom over proxynet, as the kernel shows it of each container on it. */
export async function readSharedTalk(run: Omit<Run, 'sharedTalk'>, proc = '/proc'): Promise<SharedTalk[]> {
  const stacks = new Map([...run.specs.values()].map((spec) => [spec.projectName, spec.stack]));
  const containers = [...run.observed.values()].flat().filter(({ networks, state, projectName }) => {
    return state === 'running' && projectName !== PROXY_STACK && networks.includes(PROXYNET);
  });
  if (new Set(containers.map(({ projectName }) => projectName)).size < 2) return [];
  const details = await run.context.docker.inspectContainers(containers.map(({ id }) => id));
  const members = await Promise.all(
    containers.map(async ({ id, projectName, service }): Promise<SharedMember> => {
      const found = details.find((one) => one.id === id);
      const { ipv4, ipv6 } = found?.networks[PROXYNET] ?? { ipv4: null, ipv6: null };
      // A process that has ended has no sockets.
      const tables = TABLES.map((table) =>
        readFile(`${proc}/${found?.pid ?? 0}/net/${table}`, 'utf8').catch(() => ''),
      );
      return {
        project: stacks.get(projectName) ?? projectName,
        service,
        addresses: [ipv4, ipv6].filter((address) => address !== null),
        tables: await Promise.all(tables),
      };
    }),
  );
  return talkAmong(members);
}
