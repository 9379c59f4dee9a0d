import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Compose, ComposeStack } from '../../compose/compose';
import type { ComposeModel, ComposeService } from '../../compose/compose-model';
import { ofComposeProject } from '../../compose/labels';
import type { ContainerDetails, ContainerSummary } from '../../container/container';
import type { Docker } from '../../docker';
import { DockerError } from '../../fault/docker-error';
import type { DockerFault } from '../../fault/docker-fault';
import type { Behaviour } from '../simulated-container';

/** An engine that the contract is asked of. */
export interface ContractSubject {
  docker: Docker;
  /** Begins the names of everything that is made; nobody else's does. */
  prefix: string;
  /** A service whose container turns out so; `checked`: with a health check. */
  service(behaviour: Exclude<Behaviour, 'crash-loop'>, checked?: boolean): ComposeService;
  /** Two images with different contents that the engine has. */
  images: readonly [string, string];
  /** A port of this host that is free. */
  port: number;
}

/** What the parts of the contract share. */
export type ContractKit = ReturnType<typeof contractKit>;

const WATCH_MS = 100;
const LOOKS = 600;

/** Opens the engine before the first test, and takes away after each what it made. */
export function contractKit(open: () => Promise<ContractSubject>) {
  let subject: ContractSubject;
  let docker: Docker;
  let project: string;
  let folder: string;

  beforeAll(async () => {
    subject = await open();
    docker = subject.docker;
    project = `${subject.prefix}app`;
    folder = mkdtempSync(path.join(tmpdir(), 'itsup-contract-'));
  });

  afterEach(async () => {
    const made = (await docker.listContainers()).filter(({ name }) => name.startsWith(subject.prefix));
    await docker.remove(
      made.map(({ id }) => id),
      { force: true, volumes: true },
    );
    const networks = (await docker.listNetworks()).filter(({ name }) => name.startsWith(subject.prefix));
    for (const { name } of networks) await docker.removeNetwork(name);
    await docker.removeVolumes(await docker.listVolumes({ labelFilters: ofComposeProject(project) }));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const stackOf = (
    services: Record<string, ComposeService>,
    change: Partial<ComposeModel> = {},
  ): ComposeStack => {
    const file = path.join(folder, 'docker-compose.yml');
    const model = {
      name: project,
      services: Object.fromEntries(
        Object.entries(services).map(([name, one]) => [
          name,
          one.network_mode === undefined ? { networks: { default: null }, ...one } : one,
        ]),
      ),
      networks: { default: { name: `${project}_default` } },
      ...change,
    };
    writeFileSync(file, JSON.stringify(model));
    return { project, files: [file], cwd: folder, env: {} };
  };
  const compose = (services: Record<string, ComposeService>, change: Partial<ComposeModel> = {}): Compose =>
    docker.compose(stackOf(services, change));
  const listed = async (service?: string): Promise<ContainerSummary[]> => {
    const found = await docker.listContainers({ labelFilters: ofComposeProject(project, service) });
    return found.sort((a, b) => (a.compose?.number ?? 0) - (b.compose?.number ?? 0));
  };
  const only = async (service: string): Promise<ContainerDetails> => {
    const [first, ...others] = await listed(service);
    expect(others).toEqual([]);
    return inspected(first?.id ?? '');
  };
  const inspected = async (id: string): Promise<ContainerDetails> => {
    const [details] = await docker.inspectContainers([id]);
    if (details === undefined) throw new Error(`${id} is gone`);
    return details;
  };
  const until = async (id: string, holds: (one: ContainerDetails) => boolean): Promise<ContainerDetails> => {
    let looks = 0;
    for await (const [one] of docker.watch([id], { intervalMs: WATCH_MS })) {
      if (one !== undefined && holds(one)) return one;
      if ((looks += 1) > LOOKS) throw new Error(`never: ${holds.toString()}, but ${JSON.stringify(one)}`);
    }
    throw new Error('the watch ended');
  };
  const faultOf = (act: Promise<unknown>): Promise<DockerFault> =>
    act.then(
      () => Promise.reject(new Error('it should have failed')),
      (error: unknown) => {
        if (error instanceof DockerError) return error.fault;
        throw error;
      },
    );

  return {
    ...{ stackOf, compose, listed, only, inspected, until, faultOf },
    get subject() {
      return subject;
    },
    get docker() {
      return docker;
    },
    get project() {
      return project;
    },
    get folder() {
      return folder;
    },
  };
}
