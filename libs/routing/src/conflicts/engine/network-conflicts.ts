import { listed, type Isolation, type Problem } from '@itsup/config';
import { composeProjectName } from '../../names/compose-name';
import { collect } from '../../names/order';
import { PROXYNET } from '../../networks/proxynet';
import { engineName, resolvedName } from '../../networks/traefik-network';
import {
  claimKey,
  compareParties,
  conflictAt,
  holding,
  type Conflict,
  type Party,
  type RoutedProject,
} from '../conflict';

/** A network by its name on the engine, and a project that makes it or joins it. */
export interface NamedNetwork {
  name: string;
  party: Party;
  /** row: an edge's. file: the project's Compose file makes it. joined: `external: true` in it. */
  by: 'edge' | 'file' | 'joined';
  /** The name is written, not the one that Compose gives. */
  isWritten: boolean;
  /** Of an edge: the project that it leads to. */
  provider?: string;
  /** The name is made of this one, which Compose gives the project. */
  composeProject?: string;
}

/** The networks of these projects by their real names; one whose name only a deploy knows is left out. */
export function namedNetworks(routed: readonly RoutedProject[]): NamedNetwork[] {
  return routed.flatMap(({ project, routing }): NamedNetwork[] => {
    if (!project.enabled) return [];
    const edges = routing.edges.map(({ consumer, provider, service, network, place }): NamedNetwork => {
      const label = `${consumer} → ${provider}:${service}`;
      return {
        name: network,
        party: { project: consumer, label, place },
        by: 'edge',
        isWritten: false,
        provider,
      };
    });
    const { compose } = project;
    if (compose === null) return edges;
    const projectName = composeProjectName(project);
    const keys = new Set([...compose.networks, ...Object.keys(compose.networkFacts ?? {}), 'default']);
    const own = [...keys].flatMap((key): NamedNetwork[] => {
      const facts = compose.networkFacts?.[key];
      const name = facts?.nameUnknown ? null : resolvedName(engineName(compose, key), projectName);
      if (name === null) return [];
      const [file = project.folder] = compose.files;
      const place = { file, line: 1, column: 1 };
      const party = { project: project.name, label: `${project.name}'s network ${key}`, place };
      const isWritten = facts?.name !== null && facts?.name !== undefined;
      const by = facts?.external === true ? 'joined' : 'file';
      return [{ name, party, by, isWritten, ...(isWritten ? {} : { composeProject: projectName }) }];
    });
    // One that the artifact adds for Traefik is the project's as much as one of its own files.
    const added = routing.networks
      .filter(({ kind }) => kind === 'proxy')
      .map(({ key }): NamedNetwork => {
        const party = { project: project.name, label: `${project.name}'s network for Traefik`, place: null };
        const name = `${projectName}_${key}`;
        return { name, party, by: 'file', isWritten: false, composeProject: projectName };
      });
    return [...edges, ...own, ...added];
  });
}

/**
 * Networks that two projects make, so that one's containers would see the other's. Who writes the name that another
 * one's network has by itself takes it.
 */
export function networkConflicts(networks: readonly NamedNetwork[]): Conflict[] {
  const byName = new Map<string, NamedNetwork[]>();
  for (const network of networks) if (network.by !== 'joined') collect(byName, network.name, network);
  const proxynet: Party = { project: null, label: "the proxy's network", place: null };
  return [...byName].flatMap(([name, made]) => {
    if (name === PROXYNET) return made.map(({ party }) => takenNetwork(name, party, [proxynet], []));
    if (new Set(made.map(({ party }) => party.project)).size < 2 && !twoEdges(made)) return [];
    // One Compose project: that is the mistake, told as such, and its networks follow from it.
    const [first] = made;
    const isOfOne = made.every(({ composeProject }) => composeProject === first?.composeProject);
    if (first?.composeProject !== undefined && isOfOne) return [];
    const parties = made.map(({ party }) => holding(party, claimKey('network', name))).sort(compareParties);
    const at = parties.at(-1);
    if (!at) return [];
    const takers = made.filter(({ isWritten }) => isWritten).map(({ party }) => party.project ?? '');
    const taker = parties.find(({ project }) => project === takers[0]);
    if (taker && takers.length < made.length)
      return [
        takenNetwork(
          name,
          taker,
          parties.filter((party) => party !== taker),
          takers,
        ),
      ];
    return [
      conflictAt(
        at,
        parties.slice(0, -1),
        {
          code: 'network-name-conflict',
          message: `${listed(parties.map(({ label }) => label))} would share the network ${name}`,
          help: 'rename a project',
        },
        ({ label }) => `${label} is here`,
      ),
    ];
  });
}

function twoEdges(made: readonly NamedNetwork[]): boolean {
  return made.filter(({ by }) => by === 'edge').length > 1;
}

function takenNetwork(
  name: string,
  at: Party,
  others: readonly Party[],
  takers: readonly string[],
): Conflict {
  return conflictAt(
    at,
    others,
    {
      code: 'network-name-taken',
      message: `${at.label} is called ${name}, which is ${listed(others.map(({ label }) => label))}`,
      help: 'give it another name:, or none',
    },
    ({ label }) => `${label} is here`,
    takers,
  );
}

/**
 * A project that joins another one's network reaches all that is on it: a note, and an error when isolation is strict
 * or the other one names in `exports` who may reach what. The network of an edge is its consumer's, and leads to its
 * provider.
 *
 * @param exporting projects with `exports`
 */
export function joinedNetworks(
  networks: readonly NamedNetwork[],
  isolation: Isolation,
  exporting: ReadonlySet<string> = new Set(),
): Problem[] {
  const providers = new Map<string, string[]>();
  for (const { name, provider } of networks) if (provider !== undefined) collect(providers, name, provider);
  const makers = new Map(networks.filter(({ by }) => by !== 'joined').map((made) => [made.name, made.party]));
  return networks.flatMap(({ name, party, by }): Problem[] => {
    const maker = by === 'joined' ? makers.get(name) : undefined;
    if (!maker || maker.project === party.project || maker.project === null || party.project === null)
      return [];
    const owners = [maker.project, ...(providers.get(name) ?? [])];
    const isClosed = isolation === 'strict' || owners.some((owner) => exporting.has(owner));
    return [
      {
        code: 'network-joined',
        severity: isClosed ? 'error' : 'note',
        message: `${party.label} is ${name}, a network of ${maker.project}: it reaches all that is on it`,
        help: `egress: ["${maker.project}:<service>"] reaches one service alone`,
        ...(party.place ? { place: party.place } : {}),
        ...(maker.place ? { related: [{ message: `${maker.label} is here`, place: maker.place }] } : {}),
        project: party.project,
      },
    ];
  });
}
