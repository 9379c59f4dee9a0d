import type { CommandRunner } from '../process/command-runner';
import type { Docker } from '../docker';
import { DockerError } from '../fault/docker-error';
import type { Engine, Versions } from './engine';
import type { EngineReader } from './engine-reader';
import { type HostPlatform, locateEngine } from './locate-engine';

/** `include` with a list of paths that are merged, which the artifacts use, came with it. */
export const MINIMUM_COMPOSE_VERSION = '2.20.3';

/** The oldest and the newest pair that all e2e tests run on; the versions between them are taken to be like them. */
export const TESTED_VERSIONS = {
  engine: { oldest: '20.10', newest: '28.5' },
  compose: { oldest: '2.26', newest: '5.5' },
} as const;

/**
 * Whether a version is older or newer than what is tested; null: neither. The third number is a repair and no matter.
 */
export function untested(
  version: string,
  { oldest, newest }: { oldest: string; newest: string },
): 'older' | 'newer' | null {
  const numbers = /\d+\.\d+/.exec(version)?.[0] ?? version;
  if (compareVersions(numbers, oldest) < 0) return 'older';
  return compareVersions(numbers, newest) > 0 ? 'newer' : null;
}

interface RawVersions {
  Client: { Version: string } | null;
  Server: { Version?: string } | null;
}

interface RawInfo {
  ID: string;
  Name: string;
  ServerVersion: string;
  OperatingSystem: string;
  KernelVersion: string;
  Architecture: string;
  DockerRootDir: string;
  LiveRestoreEnabled: boolean;
  SecurityOptions: string[] | null;
  DefaultAddressPools?: { Base: string; Size: number }[] | null;
  ServerErrors?: string[] | null;
}

export function engineCommands(
  runner: CommandRunner,
  reader: EngineReader,
  host: HostPlatform,
): Pick<Docker, 'versions' | 'engine'> {
  let known: Promise<Engine> | null = null;
  const ask = async (): Promise<Engine> => {
    const read = await reader.get<RawInfo>('/info', 'docker info');
    if (read !== null && read !== 'missing' && read.answer.ServerVersion) {
      return toEngine({ name: 'default', endpoint: `unix://${reader.socket}` }, read.answer, host);
    }
    const [context, info] = await Promise.all([
      runner.run({ args: ['context', 'inspect', '--format', '{{json .}}'] }),
      readInfo(runner),
    ]);
    return toEngine(parseContext(context.stdout), info, host);
  };
  return {
    versions: async () => {
      try {
        const [parts, compose] = await Promise.all([clientAndServer(runner), composeVersion(runner)]);
        return { ...parts, ...compose };
      } catch (error) {
        if (!DockerError.is(error, 'docker-missing')) throw error;
        return {
          client: null,
          clientError: error,
          server: null,
          serverError: error,
          compose: null,
          composeError: error,
        };
      }
    },

    engine: async () => {
      known ??= ask();
      try {
        return await known;
      } catch (error) {
        // It may answer the next time.
        known = null;
        throw error;
      }
    },
  };
}

async function clientAndServer(
  runner: CommandRunner,
): Promise<Pick<Versions, 'client' | 'clientError' | 'server' | 'serverError'>> {
  const command = { args: ['version', '--format', '{{json .}}'] };
  // It prints the client's part and fails when no engine answers.
  const result = await runner.attempt(command);
  const versions = (result.stdout.trim() ? JSON.parse(result.stdout) : {}) as Partial<RawVersions>;
  const server = versions.Server?.Version ?? null;
  return {
    client: versions.Client?.Version ?? null,
    clientError: null,
    server,
    serverError: server === null ? runner.failure(command, result) : null,
  };
}

async function composeVersion(runner: CommandRunner): Promise<Pick<Versions, 'compose' | 'composeError'>> {
  const command = { args: ['compose', 'version', '--short'] };
  const result = await runner.attempt(command);
  const version = result.stdout.trim().replace(/^v/, '');
  if (result.exitCode !== 0 || version === '') {
    const failure = runner.failure(command, result);
    return {
      compose: null,
      // CLIs before 23 take the unknown command for a wrong flag.
      composeError:
        failure.code === 'command-failed' ? new DockerError({ code: 'compose-missing' }) : failure,
    };
  }
  const tooOld = compareVersions(version, MINIMUM_COMPOSE_VERSION) < 0;
  return {
    compose: version,
    composeError: tooOld
      ? new DockerError({ code: 'compose-too-old', version, minimum: MINIMUM_COMPOSE_VERSION })
      : null,
  };
}

async function readInfo(runner: CommandRunner): Promise<RawInfo> {
  const command = { args: ['system', 'info', '--format', '{{json .}}'], title: 'docker info' };
  const result = await runner.attempt(command);
  const info = (result.stdout.trim() ? JSON.parse(result.stdout) : {}) as Partial<RawInfo>;
  // Without an engine some versions of the CLI end with 0 and put the error into their answer.
  if (result.exitCode === 0 && info.ServerVersion) return info as RawInfo;
  throw runner.failure(command, { ...result, stderr: result.stderr || (info.ServerErrors ?? []).join('\n') });
}

interface Context {
  name: string;
  endpoint: string;
}

function parseContext(stdout: string): Context {
  const { Name: name, Endpoints: endpoints } = JSON.parse(stdout) as {
    Name: string;
    Endpoints: { docker?: { Host?: string } };
  };
  return { name, endpoint: endpoints.docker?.Host ?? '' };
}

function toEngine({ name, endpoint }: Context, info: RawInfo, host: HostPlatform): Engine {
  const securityOptions = info.SecurityOptions ?? [];
  const place = { hostName: info.Name, kernel: info.KernelVersion, operatingSystem: info.OperatingSystem };
  return {
    ...place,
    id: info.ID,
    version: info.ServerVersion,
    context: name,
    endpoint,
    location: locateEngine(endpoint, place, host),
    rootless: securityOptions.some((option) => option.includes('name=rootless')),
    liveRestore: info.LiveRestoreEnabled,
    securityOptions,
    addressPools: (info.DefaultAddressPools ?? []).map(({ Base, Size }) => ({ base: Base, size: Size })),
    architecture: info.Architecture,
    rootDir: info.DockerRootDir,
  };
}

/** Compares the three numbers; what follows them (`-4`, `-desktop.1`) belongs to a packager. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string): number[] =>
    (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
