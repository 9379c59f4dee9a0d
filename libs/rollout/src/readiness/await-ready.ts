import type { AddressWatch } from './address-watch';
import { healthLog, judge, startBudget } from './health';
import {
  provideConfiguration,
  type ProvidedConfiguration,
  type ProvidedService,
} from '../pin/provided-configuration';
import { NoAnswer, RolloutError } from '../procedure/rollout-error';
import { textField } from '../tree-access';
import type { ContainerFacts, RolloutContext, RolloutLimits } from '../types';
import { seconds, waitFor, type Waiter } from '../procedure/waiting';

export interface ReadyOptions {
  /** Overrides the budget that follows from the health checks. */
  budgetMs: number | null;
  limits: RolloutLimits;
  waiter: Waiter;
  /** Of Traefik's docker provider. */
  network: string | null;
  /** Those that serve meanwhile; every look is at them too. */
  serving?: AddressWatch;
}

const LONGEST_INTERVAL_MS = 1000;
const logLines = 20;
const probeMs = 2000;

/**
 * Waits until all containers are ready for traffic: healthy, or without a health check running without a restart for a while; and every
 * port that a route leads to answers from where Traefik is.
 *
 * @param fresh as they were found after their start
 * @returns their facts
 * @throws RolloutError as soon as one cannot become ready, with its health log and last lines
 */
export async function awaitReady(
  context: RolloutContext,
  fresh: ContainerFacts[],
  options: ReadyOptions,
): Promise<ContainerFacts[]> {
  const { limits, waiter, serving } = options;
  const ids = fresh.map(({ id }) => id);
  const started = context.clock.now();
  const stableSince = new Map<string, { startedAt: number; since: number }>();
  const portDue = new Map<string, number>();
  let why = '';

  const look = async (): Promise<ContainerFacts[] | null> => {
    const looked = await context.docker.inspect([...ids, ...(serving?.ids ?? [])]);
    await serving?.follow(looked);
    const containers = looked.filter(({ id }) => ids.includes(id));
    if (containers.length < ids.length) {
      throw new RolloutError(`${ids.length - containers.length} of the new containers disappeared`);
    }
    why = '';
    for (const container of containers) {
      const verdict = judge(container);
      if (verdict.state === 'failed') throw await failure(context, container, verdict.why);
      if (verdict.state === 'waiting') {
        why ||= verdict.why;
        continue;
      }
      const answers = await portsAnswer(context, container, options.network);
      if (verdict.state === 'ready') {
        if (answers === '') continue;
        const due = portDue.get(container.id) ?? context.clock.now() + limits.portTimeout;
        portDue.set(container.id, due);
        if (context.clock.now() >= due) {
          throw await failure(
            context,
            container,
            `${container.name} is healthy, but ${answers} after ${seconds(limits.portTimeout)}`,
          );
        }
        why ||= `${container.name}: ${answers}`;
        continue;
      }
      const known = stableSince.get(container.id);
      if (!known || known.startedAt !== container.startedAt || answers !== '') {
        stableSince.set(container.id, { startedAt: container.startedAt, since: context.clock.now() });
        why ||=
          answers === ''
            ? `${container.name} has to run for ${seconds(limits.stability)}`
            : `${container.name}: ${answers}`;
      } else if (context.clock.now() - known.since < limits.stability) {
        why ||= `${container.name} has to run for ${seconds(limits.stability)}`;
      }
    }
    if (why === '') return containers;
    const budget = options.budgetMs ?? startBudget(containers, limits);
    if (context.clock.now() - started >= budget) {
      const culprit = containers.find((container) => why.startsWith(container.name)) ?? containers[0];
      if (culprit) throw await failure(context, culprit, `not ready after ${seconds(budget)}: ${why}`);
    }
    return null;
  };

  const limitMs = options.budgetMs ?? startBudget(fresh, limits);
  // `look` itself ends the wait, with details; the limit here is what is shown.
  return waitFor(
    waiter,
    {
      what: 'the new containers to be ready',
      limitMs: limitMs + 60_000,
      // Each look is a process: what takes a minute to start need not be known to the tenth of a second.
      intervalMs: (elapsedMs) =>
        Math.min(Math.max(limits.healthInterval, elapsedMs / 20), LONGEST_INTERVAL_MS),
    },
    look,
    () => why,
  );
}

/** Empty: all ports that routes lead to answer. Else which one does not, in words. */
export async function portsAnswer(
  context: RolloutContext,
  container: ContainerFacts,
  network: string | null,
): Promise<string> {
  const asReady: ContainerFacts = { ...container, health: null };
  const provided = provideConfiguration([asReady], network);
  const services: ProvidedService[] = [
    ...Object.values(provided.http.services),
    ...Object.values(provided.tcp.services),
  ];
  const hosts = hostsOf(provided);
  const seen = new Set<string>();
  for (const end of services.flatMap((service) => service.ends)) {
    const key = `${end.address}:${end.port}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (end.scheme === 'http') {
      const answer = await answersHttp(context, end, hosts.get(key) ?? null);
      if (!answer) return `its port ${end.port} does not answer HTTP`;
    } else if (!(await context.tcpProbe(end.address, end.port, probeMs))) {
      return `its port ${end.port} accepts no connection`;
    }
  }
  return '';
}

/**
 * Any answer is one: what the application thinks of `/` says nothing about its being up. One that takes longer than a probe may (a page that
 * is being computed) at least took the connection and keeps it.
 */
async function answersHttp(
  context: RolloutContext,
  end: { address: string; port: number },
  routed: string | null,
): Promise<boolean> {
  const address = end.address.includes(':') ? `[${end.address}]` : end.address;
  try {
    await context.get(`http://${address}:${end.port}/`, {
      timeoutMs: probeMs,
      headOnly: true,
      // Applications refuse names that they do not know, and some do not even answer.
      ...(routed === null ? {} : { headers: { host: routed } }),
    });
    return true;
  } catch (error) {
    return error instanceof NoAnswer && (await context.tcpProbe(end.address, end.port, probeMs));
  }
}

/** A domain by `address:port`, of a router that leads there. */
function hostsOf(provided: ProvidedConfiguration): Map<string, string> {
  const hosts = new Map<string, string>();
  for (const router of Object.values(provided.http.routers)) {
    const host = /\bHost\(`([^`*]+)`\)/.exec(textField(router, 'rule') ?? '')?.[1];
    const service = provided.http.services[textField(router, 'service') ?? ''];
    if (host === undefined || service === undefined) continue;
    for (const { address, port } of service.ends) hosts.set(`${address}:${port}`, host);
  }
  return hosts;
}

/** The error for a container that is not fit, with its health log and last lines. */
export async function failure(
  context: RolloutContext,
  container: ContainerFacts,
  why: string,
): Promise<RolloutError> {
  const logs = await context.docker.logs(container.id, logLines).catch(() => '');
  const lines = logs
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-logLines);
  const shown =
    lines.length > 0 ? [`last lines of ${container.name}:`, ...lines.map((line) => `  ${line}`)] : [];
  return new RolloutError(why, [...healthLog(container), ...shown]);
}
