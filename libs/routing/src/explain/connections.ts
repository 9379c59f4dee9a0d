import type { Settings } from '@itsup/config';
import type { WorkspaceRouting } from '../model';
import { hostMatches } from '../rule/evaluate';
import type { Candidate } from './candidates';
import type { Connection, Door } from './model';
import type { Question } from './question';

/** Every entry point that the proxy listens on for others: the two built-in ones and those of hostports. */
export function doorsOf(settings: Settings, routing: WorkspaceRouting): Door[] {
  const { web, webSecure } = settings.entryPoints;
  return [
    { name: 'web', port: web, protocol: 'tcp', kind: 'http' },
    { name: 'web-secure', port: webSecure, protocol: 'tcp', kind: 'http' },
    ...routing.entryPoints,
  ];
}

/** The ways to ask what the question asks: more than one where it leaves open the port or whether TLS is spoken. */
export function connectionsOf(
  question: Question,
  doors: readonly Door[],
  candidates: readonly Candidate[],
): Connection[] {
  return doorsFor(question, doors, candidates).flatMap(({ door, port }) =>
    transportsOf(question, door, candidates).map((tls) => ({
      entryPoint: door,
      tls,
      port,
      host: question.host,
      path: door.kind === 'http' ? question.path : null,
    })),
  );
}

interface AskedDoor {
  door: Door;
  port: number;
}

function doorsFor(question: Question, doors: readonly Door[], candidates: readonly Candidate[]): AskedDoor[] {
  const { scheme } = question;
  const port =
    question.port ?? (scheme === 'http' ? 80 : scheme === 'https' || scheme === 'tls' ? 443 : null);
  const protocols = scheme === 'udp' ? ['udp'] : scheme === null ? ['tcp', 'udp'] : ['tcp'];
  const possible = doors.filter(({ protocol }) => protocols.includes(protocol));
  if (port === null) {
    return possible
      .filter(
        (door) =>
          door.protocol === 'tcp' &&
          (door.name === 'web' ||
            door.name === 'web-secure' ||
            candidates.some((each) => namesHost(each, door, question.host))),
      )
      .map((door) => ({ door, port: standardPort(door) }));
  }
  const listening = possible.filter((door) => door.port === port);
  if (listening.length > 0) return listening.map((door) => ({ door, port }));
  return possible
    .filter((door) => standardPort(door) === port && (door.name === 'web' || door.name === 'web-secure'))
    .map((door) => ({ door, port }));
}

/** 80 and 443 are what the router in front of the host, or a firewall, forwards to the two built-in entry points. */
function standardPort(door: Door): number {
  return door.name === 'web' ? 80 : door.name === 'web-secure' ? 443 : door.port;
}

function namesHost({ fact, hosts }: Candidate, door: Door, host: string | null): boolean {
  return (
    host !== null &&
    fact.entryPoints.includes(door.name) &&
    hosts.some((wanted) => wanted !== '*' && hostMatches(host, wanted))
  );
}

/** Whether TLS is spoken: as the question says, else in every way that some router of the entry point expects. */
function transportsOf({ scheme }: Question, door: Door, candidates: readonly Candidate[]): boolean[] {
  if (door.protocol === 'udp') return [false];
  if (scheme === 'https' || scheme === 'tls') return [true];
  if (scheme === 'http' || scheme === 'tcp') return [false];
  if (door.name === 'web') return [false];
  if (door.name === 'web-secure') return [true];
  const expected = new Set(
    candidates
      .filter(({ fact }) => fact.entryPoints.includes(door.name))
      .map(({ fact }) => fact.tls !== 'none'),
  );
  return [false, true].filter((tls) => expected.has(tls));
}
