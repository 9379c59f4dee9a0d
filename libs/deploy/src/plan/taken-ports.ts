import type { Problem } from '@itsup/config';
import {
  portsOverlap,
  type ComposeModel,
  type ComposeService,
  type HostPort,
  type Listener,
} from '@itsup/docker';

import type { ServicePlan, StackPlan } from './model';

/** A published port that something listens on already. */
export interface TakenPort {
  service: string;
  port: number;
  protocol: 'tcp' | 'udp';
  /** null: it is not known who. */
  by: string | null;
}

/** A port that a running container publishes. */
export interface HeldPort extends HostPort {
  container: string;
  service: string;
  /** Of this stack. */
  isOwn: boolean;
}

/** Actions that start a process which listens. */
export const STARTING: readonly ServicePlan['action'][] = ['create', 'start', 'recreate', 'scale', 'rollout'];

interface FixedPort extends HostPort {
  protocol: 'tcp' | 'udp';
}

/** The ports of the host that a service publishes, one by one; of a range Compose takes a free one. */
export function fixedPorts(service: Pick<ComposeService, 'ports'> | undefined): FixedPort[] {
  return (service?.ports ?? []).flatMap(({ published, protocol = 'tcp', host_ip: address = '' }) => {
    const port = /^\d+$/.test(published ?? '') ? Number(published) : 0;
    return port === 0 || (protocol !== 'udp' && protocol !== 'tcp') ? [] : [{ port, protocol, address }];
  });
}

/** Services that start something and publish a port of the host, one by one: of a range Compose takes a free one. */
export function publishedPorts(
  plan: Pick<StackPlan, 'services'>,
  model: ComposeModel,
): (Omit<TakenPort, 'by'> & { address: string })[] {
  return plan.services
    .filter(({ action, replicas }) => STARTING.includes(action) && replicas > 0)
    .flatMap(({ service }) => fixedPorts(model.services[service]).map((port) => ({ service, ...port })));
}

/**
 * Those of the published ports that something else has: a process, or a container that stays. What the stack's own
 * containers hold that are replaced or removed is free by then, but for what those that come instead hold again.
 */
export function takenPorts(
  plan: Pick<StackPlan, 'services'>,
  wanted: ReturnType<typeof publishedPorts>,
  listeners: readonly Listener[],
  held: readonly HeldPort[],
): TakenPort[] {
  return wanted.flatMap((asked) => {
    const { service, port, protocol } = asked;
    const isKept = ({ service: holder }: HeldPort): boolean =>
      wanted.some((one) => one.service === holder && portsOverlap(one, asked));
    const isFreed = (one: HeldPort): boolean =>
      one.isOwn && (one.service === service || (isGoing(plan, one) && !isKept(one)));
    const holders = held.filter((one) => portsOverlap(one, asked));
    // Docker listens in a container's place, or nobody does.
    const freed = holders.filter(isFreed);
    const on = listeners.filter(
      (one) => portsOverlap(one, asked) && !freed.some((held) => portsOverlap(held, one)),
    );
    if (on.length === 0) return [];
    const staying = holders.filter((one) => !isFreed(one));
    const processes = on.flatMap((one) => one.processes);
    const names = [
      ...staying.map(({ container }) => `container ${container}`),
      ...(staying.length > 0 ? [] : processes.map(({ name, pid }) => `${name} (process ${pid})`)),
    ];
    return [{ service, port, protocol, by: names.length > 0 ? [...new Set(names)].join(', ') : null }];
  });
}

function isGoing(plan: Pick<StackPlan, 'services'>, { service }: HeldPort): boolean {
  const action = plan.services.find((one) => one.service === service)?.action;
  return action === 'recreate' || action === 'remove';
}

/** In words, for a deploy that ends here. */
export function takenProblems(stack: string, taken: readonly TakenPort[]): Problem[] {
  return taken.map(({ service, port, protocol, by }) => ({
    code: 'port-taken',
    severity: 'error',
    project: stack,
    message: `${stack}: port ${port}/${protocol} that ${service} publishes is taken${by === null ? '' : ` by ${by}`}; nothing was touched`,
    help: `stop that, or publish another port; see who has it: ss -lnp 'sport = :${port}'`,
  }));
}

/** In words: one of the services would have to give its port up before the other one takes it, and each is both. */
export function exchangeProblem(stack: string, services: readonly string[]): Problem {
  return {
    code: 'ports-exchanged',
    severity: 'error',
    project: stack,
    message: `${stack}: ${services.join(' and ')} exchange the ports that they publish, which none can do first; nothing was touched`,
    help: `deploy ${services[0] ?? ''} with another port, or without it, and then as it is to be`,
  };
}
