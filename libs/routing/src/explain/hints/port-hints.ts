import type { Problem } from '@itsup/config';
import { proxyPorts } from '../../conflicts/reserved-ports';
import type { Evidence } from '../evidence';

/** Why nothing of the proxy listens on the port that was asked for; nothing when something does. */
export function portHints({ question, workspace, doors, answers }: Evidence): Problem[] {
  const { port } = question;
  if (answers.length > 0 || port === null) return [];
  const published = publishedBy(port, workspace.projects);
  if (published.length > 0) return published;
  if (proxyPorts(workspace.settings).some((reserved) => reserved.internal && reserved.port === port)) {
    return [
      note(
        'internal-port',
        `port ${port} is the proxy's own, on the loopback of the host alone`,
        'nobody reaches it from outside',
      ),
    ];
  }
  const listed = doors.map((door) => `${door.port} (${door.name})`);
  return [
    note(
      'no-entry-point',
      `no entry point listens on port ${port}`,
      `there are: ${listed.slice(0, 12).join(', ')}${listed.length > 12 ? ', …' : ''}; hostport: ${port} in a row would add one`,
    ),
  ];
}

function publishedBy(port: number, projects: Evidence['workspace']['projects']): Problem[] {
  return projects
    .filter(({ enabled }) => enabled)
    .flatMap((project) =>
      (project.compose?.services ?? []).flatMap((service) =>
        service.publishedPorts
          .filter((published) => published.port === port)
          .map(({ place, protocol }) => ({
            ...note(
              'published-past-proxy',
              `Docker publishes ${port}/${protocol} of ${project.name}:${service.name} itself, past the proxy`,
              'no router, middleware or certificate of the proxy takes part; hostport: in a row would route it',
            ),
            place,
          })),
      ),
    );
}

function note(code: string, message: string, help: string): Problem {
  return { code, severity: 'note', message, help };
}
