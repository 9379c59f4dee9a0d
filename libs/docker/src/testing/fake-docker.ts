import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDocker, type DockerSettings } from '../create-docker';
import type { Docker } from '../docker';

export interface FakeAnswer {
  /** Regular expression on the arguments, joined by spaces. */
  match: string;
  stdout?: string;
  stderr?: string;
  exit?: number;
  /** Does not end: `polite` does on SIGTERM, `deaf` on SIGKILL alone. */
  hang?: 'polite' | 'deaf';
  /** Waits for the end of standard input and records it. */
  readInput?: boolean;
}

export interface FakeCall {
  args: string[];
  env: Record<string, string>;
  input?: string;
}

export interface FakeDocker {
  docker: Docker;
  calls(): FakeCall[];
}

const folders: string[] = [];

/** A Docker whose command is the executable in `__fixtures__`: for what no real engine does on demand. */
export function fakeDocker(answers: FakeAnswer[], settings: Partial<DockerSettings> = {}): FakeDocker {
  const folder = mkdtempSync(join(tmpdir(), 'fake-docker-'));
  folders.push(folder);
  const log = join(folder, 'calls');
  const docker = createDocker({
    binary: join(__dirname, '../__fixtures__/fake-docker'),
    host: { hostName: 'host', kernel: '6.1.0', isRoot: false },
    ...settings,
    env: { PATH: process.env['PATH'], FAKE_ANSWERS: JSON.stringify(answers), FAKE_LOG: log, ...settings.env },
  });
  const calls = (): FakeCall[] =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          // The last one is empty, or a line that is being written.
          .slice(0, -1)
          .map((line) => JSON.parse(line) as FakeCall)
      : [];
  return { docker, calls };
}

export function removeFakes(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

/** What `docker system info` of an engine on this host prints; rootless. */
export const INFO = JSON.stringify({
  ID: 'X',
  Name: 'host',
  ServerVersion: '28.0.0',
  OperatingSystem: 'Debian',
  KernelVersion: '6.1.0',
  SecurityOptions: ['name=rootless'],
});

/** The answers of an engine with this information, at its usual place. */
export function engineAnswers(info: string): FakeAnswer[] {
  const context = { Name: 'default', Endpoints: { docker: { Host: 'unix:///var/run/docker.sock' } } };
  return [
    { match: '^context inspect', stdout: JSON.stringify(context) },
    { match: '^system info', stdout: info },
  ];
}

/** The error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error,
  );
}
