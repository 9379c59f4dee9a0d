import type { DockerFault } from './docker-fault';

export interface Failure {
  /** What was run, in words for a message. */
  command: string;
  exitCode: number | null;
  /** All that it printed, or its standard error. */
  output: string;
  /** The image that was asked for, where the command names one. */
  image?: string;
  /** What the command was for: decides about messages that no rule knows. */
  purpose?: 'compose-config' | 'build' | 'pull';
}

type Rule = [
  pattern: RegExp,
  fault: (match: Record<string, string | undefined>, failure: Failure) => DockerFault,
];

/** First match wins. The messages are those of engine 20.10 to 29, CLI 20.10 to 29 and Compose 2.20 to 5. */
const RULES: Rule[] = [
  [
    /permission denied while trying to connect to the (?:Docker daemon socket|docker API) at (?<endpoint>\S+?)(?=:?(?:\s|$))/i,
    ({ endpoint }) => ({ code: 'permission-denied', reason: `permission denied at ${endpoint}` }),
  ],
  [
    /(?:Cannot connect to the Docker daemon|failed to connect to the docker API) at (?<endpoint>[^\s;]+?)[.;](?:\s|$)/i,
    ({ endpoint }) => ({ code: 'engine-unreachable', endpoint: endpoint ?? null, reason: 'is it running?' }),
  ],
  // At the beginning of a line: Compose 5 also calls a request so that it gave up because another one failed.
  [
    /^(?:docker: )?error during connect: .*?(?:stderr=(?<ssh>.*)|: (?<reason>[^:]+(?:: [^:]+)?))$/im,
    ({ ssh, reason }) => ({
      code: 'engine-unreachable',
      endpoint: null,
      reason: ssh?.trim() || reason?.trim() || 'no answer',
    }),
  ],
  [
    /(?:unknown command: docker compose|'compose' is not a docker command)/,
    () => ({ code: 'compose-missing' }),
  ],
  // Without its plugin the CLI takes Compose's flags for its own.
  [
    /^unknown shorthand flag: '[pf]' in -[pf]\s+(?:Usage:|See).*docker \[OPTIONS\]/ms,
    () => ({ code: 'compose-missing' }),
  ],
  [
    /required variable (?<variable>\w+) is missing a value(?:: (?<reason>.*))?/,
    ({ variable, reason }) => ({
      code: 'variable-missing',
      variable: variable ?? '',
      reason: reason?.trim() || 'no value',
    }),
  ],
  [
    /no space left on device|not enough space|disk quota exceeded/i,
    (_, failure) => ({
      code: 'disk-full',
      reason: lineWith(failure, /no space left|not enough space|quota/i),
    }),
  ],
  [
    /(?:Bind for|failed to bind host port(?: for)?) (?<address>\[[^\]]+\]|::|[^\s:]+):(?<port>\d+)(?::[^\s/]+)?(?:\/(?<protocol>tcp|udp))?:? (?:failed: port is already allocated|address already in use)/,
    portTaken,
  ],
  [
    /listen (?<protocol>tcp|udp)[46]? (?<address>\[[^\]]+\]|[^\s:]*):(?<port>\d+): bind: address already in use/,
    portTaken,
  ],
  [
    /[Pp]orts are not available: exposing port (?<protocol>TCP|UDP) (?<address>[^\s:]+):(?<port>\d+)/,
    portTaken,
  ],
  [
    /could not find an available, non-overlapping IPv\d address pool|all predefined address pools have been fully subnetted/,
    () => ({ code: 'address-pools-exhausted' }),
  ],
  [
    /Pool overlaps with other one|conflicts with network .* networks have overlapping|networks have (?:same bridge name|overlapping)/,
    (_, failure) => ({ code: 'subnet-taken', reason: reasonOf(failure) }),
  ],
  [
    /(?:^|: )Address (?:(?<address>[\da-f.:]+) )?already in use/im,
    ({ address }) => ({ code: 'address-taken', address: address ?? null }),
  ],
  [
    /container name "\/?(?<name>[^"]+)" is already in use(?: by container "?(?<container>[0-9a-f]+))?/,
    ({ name, container }) => ({
      code: 'container-name-taken',
      name: name ?? '',
      container: container ?? null,
    }),
  ],
  [
    /network (?<network>\S+)(?: id \S+)? (?:has active endpoints|is in use by (?:service|task))/,
    ({ network }) => ({ code: 'network-in-use', network: network ?? '' }),
  ],
  [
    /network with name (?<network>\S+) already exists/,
    ({ network }) => ({ code: 'network-exists', network: network ?? '' }),
  ],
  [
    /network (?<network>\S+) (?:not found|declared as external, but could not be found)|No such network: (?<other>\S+)/,
    ({ network, other }) => ({ code: 'network-not-found', network: network ?? other ?? '' }),
  ],
  [
    /bind source path does not exist: (?<path>\S+)/,
    ({ path }) => ({ code: 'mount-missing', path: path ?? '' }),
  ],
  [
    /(?:^|\s)[Cc]ontainer (?<container>\S+) is (?:not running|restarting, wait)/m,
    ({ container }) => ({ code: 'container-not-running', container: container ?? '' }),
  ],
  [
    /No such container: (?<container>\S+)/i,
    ({ container }) => ({ code: 'container-not-found', container: container ?? '' }),
  ],
  [
    /container (?<container>\S+) (?<reason>is unhealthy|exited \(\d+\)|has no healthcheck configured)/,
    ({ container, reason }) => ({
      code: 'container-unhealthy',
      container: container ?? '',
      reason: reason ?? '',
    }),
  ],
  [
    /application not healthy after (?<seconds>\d+)s/,
    ({ seconds }, failure) => ({
      code: 'container-unhealthy',
      container: containersWaitedFor(failure),
      reason: `not healthy after ${seconds} s`,
    }),
  ],
  [
    /manifest for (?<image>\S+) not found|pull access denied for (?<denied>[^\s,]+)|No such image: (?<missing>\S+?)(?=:?(?:\s|$))|image "(?<quoted>[^"]+)": not found|failed to resolve reference "(?<resolved>[^"]+)":.*not found/i,
    ({ image, denied, missing, quoted, resolved }, failure) => ({
      code: 'image-not-found',
      image: failure.image ?? image ?? denied ?? missing ?? quoted ?? resolved ?? '',
      reason: missing ? 'it is not on this engine' : reasonOf(failure),
    }),
  ],
  [
    /manifest unknown|(?:^|: )(?:name unknown|denied|unauthorized)(?::.*)?$|repository (?:name )?(?:does not exist|not known)/im,
    (_, failure) => {
      const image = failure.image ?? imageInProgress(failure);
      const reason = reasonOf(failure);
      return image === null
        ? { code: 'pull-failed', image, reason }
        : { code: 'image-not-found', image, reason };
    },
  ],
  [
    /(?:Get|Head) "https?:\/\/[^"]*\/v2\/.*|toomanyrequests.*|TLS handshake timeout|received unexpected HTTP status.*/i,
    (_, failure) => ({
      code: 'pull-failed',
      image: failure.image ?? imageInProgress(failure),
      reason: reasonOf(failure),
    }),
  ],
  [/failed to solve.*/, (_, failure) => ({ code: 'build-failed', reason: reasonOf(failure) })],
];

const UNKNOWN_BY_PURPOSE: Record<NonNullable<Failure['purpose']>, (failure: Failure) => DockerFault> = {
  'compose-config': (failure) => ({ code: 'compose-invalid', reason: withoutExcerpt(reasonOf(failure)) }),
  build: (failure) => ({ code: 'build-failed', reason: reasonOf(failure) }),
  pull: (failure) => ({ code: 'pull-failed', image: failure.image ?? null, reason: reasonOf(failure) }),
};

/**
 * Compose 2 refuses a file with these exit codes, whatever the command (its `ComposeParseFailure` and
 * `FileNotFoundFailure`). Compose 5 has one exit code for all, so its words tell.
 */
const COMPOSE_FILE_EXIT_CODES = [14, 15];
const COMPOSE_FILE_MESSAGE =
  /: invalid compose project$|^(?:failed to parse|validating) .+?: |^env file .+ not found|^no configuration file provided/;
const TAIL_LINES = 20;

/** The fault behind a command that failed, from what it printed. */
export function classifyFailure(failure: Failure): DockerFault {
  for (const [pattern, fault] of RULES) {
    const match = pattern.exec(failure.output);
    if (match) return fault(match.groups ?? {}, failure);
  }
  if (failure.purpose) return UNKNOWN_BY_PURPOSE[failure.purpose](failure);
  if (failure.command.includes(' compose') && refusesFile(failure)) {
    return { code: 'compose-invalid', reason: withoutExcerpt(reasonOf(failure)) };
  }
  const stderr = meaningfulLines(failure.output).slice(-TAIL_LINES).join('\n');
  return { code: 'command-failed', command: failure.command, exitCode: failure.exitCode, stderr };
}

function refusesFile(failure: Failure): boolean {
  return (
    COMPOSE_FILE_EXIT_CODES.includes(failure.exitCode ?? 0) || COMPOSE_FILE_MESSAGE.test(reasonOf(failure))
  );
}

/**
 * Without what Compose's readers of YAML and of env files quote of a line that they cannot read: it may be a secret.
 */
function withoutExcerpt(reason: string): string {
  return reason
    .replace(/ near "(?:[^"\\]|\\.)*"?/g, '')
    .replace(/(cannot unmarshal !!\w+) `[^`]*`?/g, '$1')
    .replace(/(unexpected character) "(?:[^"\\]|\\.)*"/g, '$1');
}

function portTaken({ port, protocol, address }: Record<string, string | undefined>): DockerFault {
  const known = protocol?.toLowerCase();
  return {
    code: 'port-taken',
    port: Number(port),
    protocol: known === 'tcp' || known === 'udp' ? known : null,
    address: address || null,
  };
}

/** `up --wait` gives up without a name; its progress has them. */
function containersWaitedFor({ output }: Failure): string {
  const named = (word: string): string[] =>
    [...output.matchAll(new RegExp(`^ ?Container (\\S+) +${word} ?$`, 'gm'))].map((match) => match[1] ?? '');
  const healthy = new Set(named('Healthy'));
  return named('Waiting')
    .filter((container) => !healthy.has(container))
    .join(', ');
}

/** BuildKit, the builder before it, and Compose 5 each name the image that they were about to read in their own way. */
function imageInProgress({ output }: Failure): string | null {
  const buildKit = /load metadata for (\S+)\n(?:.*\n)*?#\d+ ERROR/.exec(output)?.[1]?.replace(/:$/, '');
  const classic = [...output.matchAll(/^Step \d+\/\d+ : FROM (\S+)/gim)].at(-1)?.[1];
  const compose = /^ ?Image (\S+) Error\b/m.exec(output)?.[1];
  return buildKit ?? classic ?? compose ?? null;
}

function lineWith(failure: Failure, pattern: RegExp): string {
  return withoutPreamble(meaningfulLines(failure.output).find((line) => pattern.test(line)) ?? '');
}

/** The last line says it; earlier lines are progress. */
function reasonOf(failure: Failure): string {
  return withoutPreamble(meaningfulLines(failure.output).at(-1) ?? 'it printed no reason');
}

function withoutPreamble(line: string): string {
  return line.replace(/^(?:docker: )?(?:Error response from daemon: )?/, '').trim();
}

/** Without hints of the CLI, and without warnings, which are not why it failed. */
function meaningfulLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter(
      (line) =>
        line !== '' &&
        !/^(?:Run 'docker |See 'docker |exit status \d+$|WARNING: |time="[^"]*" level=(?:warning|info|debug))/.test(
          line,
        ),
    );
}
