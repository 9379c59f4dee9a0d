import { textField } from '@itsup/traefik';
import { provideConfiguration, regardlessOfHealth } from '../provider/docker-provider';
import type { ProvidedConfiguration, ProvidedService } from '../provider/provided-configuration';
import { isExposedByDefault, providerNetwork } from '../provider/provider-network';
import { NoAnswer } from '../procedure/rollout-error';
import type { ContainerFacts, ProxyAccess, RolloutContext } from '../types';

type End = ProvidedService['ends'][number];

const probeMs = 2000;

/** Where Traefik would reach the container, whatever its health; each address and port once, UDP left out. */
export function routedEnds(proxy: ProxyAccess | null, container: ContainerFacts): End[] {
  return endsIn(provideRegardless(proxy, container));
}

/** Empty: all ports that routes lead to answer. Else which one does not, in words. */
export async function portsAnswer(
  context: Pick<RolloutContext, 'get' | 'tcpProbe' | 'proxy'>,
  container: ContainerFacts,
): Promise<string> {
  const provided = provideRegardless(context.proxy, container);
  const hosts = hostsOf(provided);
  for (const end of endsIn(provided)) {
    if (end.scheme === 'http') {
      const answer = await answersHttp(context, end, hosts.get(keyOf(end)) ?? null);
      if (!answer) return `its port ${end.port} does not answer HTTP`;
    } else if (!(await context.tcpProbe(end.address, end.port, probeMs))) {
      return `its port ${end.port} accepts no connection`;
    }
  }
  return '';
}

/** Also of a label that Traefik cannot read, and where none runs: a port that is to be served has to answer. */
function provideRegardless(proxy: ProxyAccess | null, container: ContainerFacts): ProvidedConfiguration {
  const isExposed = isExposedByDefault(proxy);
  return provideConfiguration([regardlessOfHealth(container)], providerNetwork(proxy), { isExposed });
}

function endsIn(provided: ProvidedConfiguration): End[] {
  const services = [...Object.values(provided.http.services), ...Object.values(provided.tcp.services)];
  const ends = new Map(services.flatMap((service) => service.ends).map((end) => [keyOf(end), end]));
  return [...ends.values()];
}

function keyOf({ address, port }: End): string {
  return `${address}:${port}`;
}

/**
 * Any answer is one: what the application thinks of `/` says nothing about its being up. One that takes longer than a
 * probe may (a page that is being computed) at least took the connection and keeps it.
 */
async function answersHttp(
  context: Pick<RolloutContext, 'get' | 'tcpProbe'>,
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
