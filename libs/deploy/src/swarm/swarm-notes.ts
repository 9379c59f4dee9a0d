import type { Place, Problem } from '@itsup/config';
import type { ComposeModel, ComposeService } from '@itsup/docker';

/** What is kept on a swarm in another way than with Compose, and is worth a word each time. */
export function swarmNotes(
  project: string,
  model: ComposeModel,
  placeOf: (path: readonly string[]) => Place | undefined,
): Problem[] {
  return Object.entries(model.services).flatMap(([name, service]) =>
    notesOf(service).map(({ key, message, help }): Problem => {
      const place = placeOf(['services', name, ...key]);
      return {
        code: 'otherwise-on-a-swarm',
        severity: 'note',
        project,
        message: `service ${name}: ${message}`,
        help,
        ...(place && { place }),
      };
    }),
  );
}

interface Note {
  key: string[];
  message: string;
  help: string;
}

function notesOf({ restart, deploy, container_name: name, networks }: ComposeService): Note[] {
  const notes: Note[] = [];
  const isJob = deploy?.mode?.endsWith('-job') === true;
  if (!isJob && deploy?.restart_policy === undefined && (restart === undefined || restart === 'no')) {
    notes.push({
      key: restart === undefined ? [] : ['restart'],
      message: 'it does not come back when it ends or its machine is lost',
      help: '`restart: unless-stopped` brings it back',
    });
  }
  if (name !== undefined) {
    notes.push({
      key: ['container_name'],
      message: `no container is called ${name}: its tasks have names of their own`,
      help: `other services still reach it as ${name}; for commands of yours: itsup logs, itsup status`,
    });
  }
  for (const [network, use] of Object.entries(networks ?? {})) {
    const key =
      use?.priority !== undefined ? 'priority' : use?.gw_priority !== undefined ? 'gw_priority' : null;
    if (key === null) continue;
    notes.push({
      key: ['networks', network, key],
      message: `\`${key}\` of network ${network} decides nothing: a task's way out is that of its machine`,
      help: 'leave it out',
    });
  }
  return notes;
}
