import { compareVersions, TESTED_VERSIONS, untested } from '@itsup/docker';

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
    untestedNote('Docker', versions.server ?? '', TESTED_VERSIONS.engine),
    // Since 28 the engine drops them in table raw.
    engine.location === 'local' && compareVersions(versions.server ?? '', '28.0.0') < 0
      ? warning(
          `before Docker 28 a port that a container publishes on 127.0.0.1 can be reached from the link: this is ${versions.server}`,
          'update Docker to 28 or later, or publish no port that a neighbour must not reach',
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
    composeError === null && compose !== null
      ? untestedNote('Compose', compose, TESTED_VERSIONS.compose)
      : null,
  ]);
}

function untestedNote(
  what: string,
  version: string,
  tested: { oldest: string; newest: string },
): ReturnType<typeof note> | null {
  const how = untested(version, tested);
  return how === null
    ? null
    : note(
        `${what} ${version} is ${how} than what is tested, ${tested.oldest} to ${tested.newest}`,
        'look at what a deploy does before you rely on it, or install a version from that range',
      );
}
