import type { Problem, Project } from '@itsup/config';
import { shortDigest } from '../names/digest';
import type { Edge } from '../model';
import { comparePlaces, compareText } from '../names/order';

/** Names of networks longer than this are cut, with a digest in place of the rest. */
const maxLength = 63;

/** The network of an egress edge, `{consumer}--{provider}--{service}`. */
export function edgeNetwork(consumer: string, provider: string, service: string): string {
  const name = `${consumer}--${provider}--${service}`;
  return name.length <= maxLength ? name : `${name.slice(0, maxLength - 9)}-${shortDigest(name)}`;
}

/** The edges of a project, sorted by network, and what can be said against them without looking at other projects. */
export function edgesOf(project: Project): { edges: Edge[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const report = (
    code: string,
    severity: Problem['severity'],
    message: string,
    edge: Project['egress'][number],
    help: string,
  ): void => {
    problems.push({ code, severity, message, help, place: edge.place, project: project.name });
  };
  const edges = new Map<string, Edge>();
  for (const edge of [...project.egress].sort((a, b) => comparePlaces(a.place, b.place))) {
    const { provider, service, place } = edge;
    const text = `${provider}:${service}`;
    const network = edgeNetwork(project.name, provider, service);
    if (project.kind === 'external') {
      report(
        'egress-of-external',
        'warning',
        `egress ${text} has no effect: an external project has no containers`,
        edge,
        'remove it',
      );
    } else if (provider === project.name) {
      report(
        'egress-to-self',
        'error',
        `egress ${text} is the project itself`,
        edge,
        'remove it: services of one project see each other',
      );
    } else if (edges.has(network)) {
      report('egress-twice', 'warning', `egress ${text} is there twice`, edge, 'remove one');
    } else if (
      project.compose !== null &&
      project.compose.services.every(({ networkMode }) => networkMode !== null)
    ) {
      report(
        'egress-network-mode',
        'error',
        `egress ${text} reaches nobody: every service has network_mode`,
        edge,
        'remove network_mode from the service that needs it',
      );
    } else if (project.compose?.networks.includes(network)) {
      report(
        'network-name-taken',
        'error',
        `egress ${text} needs the network ${network}, which the Compose file declares`,
        edge,
        'rename the network in the Compose file',
      );
    } else {
      edges.set(network, { consumer: project.name, provider, service, network, place });
    }
  }
  return { edges: [...edges.values()].sort((a, b) => compareText(a.network, b.network)), problems };
}
