import type { HostFacts } from '../facts';
import { error, findings, note, warning, type Finding } from '../finding';

export function checkEngine({ versions, engine }: Pick<HostFacts, 'versions' | 'engine'>): Finding[] {
  const failed = versions.clientError ?? versions.serverError;
  if (failed !== null) return findings('engine', null, [error(failed.message, failed.help)]);
  if (engine === null) return [];
  return findings('engine', `Docker ${versions.server} at ${engine.endpoint}`, [
    engine.location === 'remote'
      ? error(
          `the engine at ${engine.endpoint} is on another host`,
          'log in there, or docker context use default',
        )
      : null,
    engine.location === 'virtual-machine'
      ? warning(
          `the engine runs in a virtual machine (${engine.operatingSystem}): public ports and addresses are not this host's`,
          'install Docker Engine on the host itself',
        )
      : null,
    engine.rootless
      ? warning(
          'the engine runs without root: its host network is not this host’s, and Traefik is replaced with a gap',
          'use an engine that runs as root',
        )
      : null,
    engine.liveRestore
      ? null
      : note(
          'containers stop while the engine restarts, as for an update',
          'add "live-restore": true to /etc/docker/daemon.json, then systemctl reload docker',
        ),
  ]);
}

export function checkCompose({ versions }: Pick<HostFacts, 'versions'>): Finding[] {
  const { clientError, compose, composeError } = versions;
  if (clientError !== null) return [];
  return findings('compose', `Compose ${compose}`, [
    composeError === null ? null : error(composeError.message, composeError.help),
  ]);
}
