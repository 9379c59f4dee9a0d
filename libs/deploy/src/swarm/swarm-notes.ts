import type { Place, Problem } from '@itsup/config';
import type { ComposeModel, ComposeService } from '@itsup/docker';

import { serviceOptions } from '../stack/service-options';

/** What is kept on a swarm in another way than with Compose, and is worth a word each time. */
export function swarmNotes(
  project: string,
  model: ComposeModel,
  placeOf: (path: readonly string[]) => Place | undefined,
): Problem[] {
  return Object.entries(model.services).flatMap(([name, service]) =>
    [...notesOf(service), ...optionNotes(name, service)].map(({ key, message, help }): Problem => {
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

/** What `x-itsup` asks for and a swarm cannot do. What is wrong about it is said elsewhere. */
function optionNotes(name: string, service: ComposeService): Note[] {
  const { drain, hold } = serviceOptions('', name, service['x-itsup']).options;
  return [
    ...(drain.hook === null
      ? []
      : [
          {
            key: ['x-itsup', 'drain', 'command'],
            message: '`drain.command` is not run: a swarm runs nothing in tasks of other machines',
            help: 'let the process stop taking requests at its stop signal',
          },
        ]),
    ...(drain.deadlineMs === null
      ? []
      : [
          {
            key: ['x-itsup', 'drain', 'deadline'],
            message:
              '`drain.deadline` counts behind a bridge alone: else the engine stops an old task, whatever is under way there',
            help: 'give it time with `stop_grace_period`, and let the process finish what it has at its stop signal',
          },
        ]),
    ...((hold.deadlineMs ?? 0) === 0
      ? []
      : [
          {
            key: ['x-itsup', 'hold'],
            message: 'no request waits while it is replaced: it is away for a moment',
            help: 'leave `hold` out, or run the project on a host with `engine: compose`',
          },
        ]),
  ];
}
