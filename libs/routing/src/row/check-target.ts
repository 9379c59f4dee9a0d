import { isActive, type IngressRow } from '@itsup/config';
import { enabledByOperator } from '../labels/label-routers';
import { suggestion } from '../names/suggestion';
import { report, type RowContext } from './context';

/**
 * Checks that the row's service is there and that Traefik can reach it.
 *
 * @returns whether the row can become a route.
 */
export function checkTarget(row: IngressRow, context: RowContext): boolean {
  const { project } = context;
  if (project.kind === 'external') return true;
  // Without readable Compose facts that file's own problems are reported, and every service would look unknown.
  if (project.compose === null) return false;
  if (row.service === null) {
    report(context, row, {
      code: 'missing-service',
      message: 'the row names no service',
      help: 'add service: with one of the Compose file',
    });
    return false;
  }
  const { service: name } = row;
  const service = project.compose.services.find((each) => each.name === name);
  if (!service) {
    report(context, row, {
      key: 'service',
      code: 'unknown-service',
      message: `the Compose file has no service ${JSON.stringify(name)}`,
      help: suggestion(
        name,
        project.compose.services.map((each) => each.name),
      ),
    });
    return false;
  }
  if (service.networkMode !== null) {
    report(context, row, {
      key: 'service',
      code: 'network-mode',
      message: `service ${name} has network_mode: ${service.networkMode}, so it cannot join the network on which Traefik reaches it`,
      help: helpFor(service.networkMode),
    });
    return false;
  }
  if (service.isProvider) {
    report(context, row, {
      key: 'service',
      code: 'provider-service',
      message: `service ${name} has a provider: a program makes it, and there is no container to lead to`,
      help: 'name a service that runs here; what runs elsewhere is a project of its own with host:',
    });
    return false;
  }
  if (!isActive(project.compose, service)) {
    const profiles = service.profiles.join(', ');
    report(context, row, {
      key: 'service',
      code: 'inactive-profile',
      severity: 'warning',
      message: `service ${name} runs with the profile ${profiles} alone, which is not active: nothing will answer here`,
      help: `activate it: COMPOSE_PROFILES=${service.profiles[0] ?? ''} in ${project.folder}/.env, or in the environment of the deploy`,
    });
  }
  if (enabledByOperator(service) === false) {
    report(context, row, {
      key: 'service',
      code: 'label-disables-route',
      severity: 'warning',
      message: `service ${name} has a label traefik.enable that is not true, which wins: the row's route will not exist`,
      help: 'remove the label, or the row',
    });
  }
  return true;
}

/** Whose network it is has its ports. */
function helpFor(networkMode: string): string {
  const owner = /^service:(.+)$/.exec(networkMode)?.[1];
  if (owner !== undefined) return `name ${owner} in the row: the port is there`;
  return 'remove network_mode, or make it a project of its own with host: 127.0.0.1 if it listens on the host';
}
