import type { Isolation, Problem, ServiceFacts } from '@itsup/config';
import type { ComposeModel, ComposeService } from '@itsup/docker';
import { PROXY_SERVICES } from '@itsup/routing';

/** What a service has in common with a container that is not its project's. */
interface Join {
  attribute: string;
  container: string;
}

/** The proxy's containers, as Compose names them. */
const PROXYS = new RegExp(`^proxy[-_](?:${PROXY_SERVICES.join('|')})[-_]\\d+$`);

/**
 * Services that share processes, volumes, memory or a network with a container of somebody else. Of the proxy it is
 * never right: whoever sees Traefik's processes or volumes opens the socket by which it reads every container's
 * environment. Another project's containers, and the processes of the host, are a note, and an error where isolation is
 * strict, as the host's network is then, which many have a use for.
 */
export function joinedContainers(
  project: string,
  projectName: string,
  model: ComposeModel,
  facts: readonly ServiceFacts[],
  isolation: Isolation,
): Problem[] {
  const own = new Set(Object.values(model.services).flatMap(({ container_name: name }) => name ?? []));
  const isOwn = (container: string): boolean =>
    own.has(container) ||
    Object.keys(model.services).some((service) => isReplica(container, projectName, service));
  return Object.entries(model.services).flatMap(([name, service]) => {
    const place = facts.find((each) => each.name === name)?.place;
    const at = { ...(place && { place }), project };
    const joins = joinsOf(service)
      .filter(({ container }) => PROXYS.test(container) || !isOwn(container))
      .map(({ attribute, container }): Problem => {
        const isProxys = PROXYS.test(container);
        return {
          code: isProxys ? 'joins-proxy' : 'joins-container',
          severity: isProxys || isolation === 'strict' ? 'error' : 'note',
          message: `service \`${name}\` has \`${attribute}\` of the container ${container}, which is ${isProxys ? "the proxy's: it could read the secrets of every project" : "not its project's: it reaches what that has"}`,
          help: 'remove it; a service of another project is reached by `egress`',
          ...at,
        };
      });
    const host = [...joins, ...hostNetwork(name, service, isolation, at)];
    if (service.pid !== 'host') return host;
    return [
      ...host,
      {
        code: 'joins-host',
        severity: isolation === 'strict' ? ('error' as const) : ('note' as const),
        message: `service \`${name}\` has \`pid: host\`: it sees the processes of every container, and reads what those of its own user have, the proxy's included`,
        help: 'give it only to what you trust with the host; `isolation: strict` in itsup.yml refuses it',
        ...at,
      },
    ];
  });
}

/** From the host's network every container is reached by its address, whatever its networks are. */
function hostNetwork(
  name: string,
  { network_mode: network }: ComposeService,
  isolation: Isolation,
  at: Pick<Problem, 'place' | 'project'>,
): Problem[] {
  if (network !== 'host' || isolation !== 'strict') return [];
  return [
    {
      code: 'joins-host-network',
      severity: 'error',
      message: `service \`${name}\` has \`network_mode: host\`: it reaches the ports of every container, of other projects too`,
      help: 'publish its ports under `ports:`; `isolation: strict` in itsup.yml gives no service the host’s network',
      ...at,
    },
  ];
}

/** By the name that Compose gives; `shop-eu-web-1` is none of the project `shop`, whose name begins alike. */
function isReplica(container: string, projectName: string, service: string): boolean {
  return ['-', '_'].some((separator) => {
    const stem = [projectName, service, ''].join(separator);
    return container.startsWith(stem) && /^\d+$/.test(container.slice(stem.length));
  });
}

function joinsOf({ pid, ipc, network_mode: network, volumes_from: volumes = [] }: ComposeService): Join[] {
  const texts: [string, string | undefined][] = [
    ['pid', pid],
    ['ipc', ipc],
    ['network_mode', network],
    ...volumes.map((text): [string, string] => ['volumes_from', text]),
  ];
  return texts.flatMap(([attribute, text]) => {
    const container = /^container:\/?([^:]+)/.exec(text ?? '')?.[1];
    return container === undefined ? [] : [{ attribute, container }];
  });
}
