import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { ComposeModel, ComposeService } from '@itsup/docker';
import {
  compareText,
  type IngressRow,
  type Problem,
  type Project,
  type Settings,
  type Workspace,
} from '@itsup/config';
import { row as ingressRow, settings } from '@itsup/config/testing/model';

export { ingressRow };
import { stringify } from 'yaml';

import type { DeployContext } from '../context';
import { openState } from '../state/state';
import { LAST_ROUTER } from '../trial/trial-files';
import { readModel } from './parse-model';
import { SimulatedEngine } from '@itsup/docker/testing/simulated-engine';
import { VirtualClock } from '@itsup/docker/testing/virtual-clock';
import { simulatedSystem } from './simulated-system';

const REPOSITORY = path.resolve(__dirname, '../../../..');

/** A workspace on a simulated host; its artifacts are what the simulated Compose reads. */
export class SimulatedWorkspace {
  readonly clock = new VirtualClock();
  readonly engine = new SimulatedEngine(this.clock, { readModel });
  readonly lines: string[] = [];
  readonly projects = new Map<string, Project>();
  readonly problems: Problem[] = [];
  settings: Settings = SETTINGS;
  private pid = 100;

  private constructor(readonly root: string) {}

  /** In a temporary folder, with the repository's templates. */
  static async create(): Promise<SimulatedWorkspace> {
    const root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'itsup-simulated-')));
    await symlink(path.join(REPOSITORY, 'templates'), path.join(root, 'templates'));
    const simulated = new SimulatedWorkspace(root);
    // A trial of Traefik's files, which finds no fault.
    simulated.engine.helperLogs = () =>
      `{"level":"error","routerName":"${LAST_ROUTER}@file","error":"it is the last"}`;
    return simulated;
  }

  /** Adds or replaces a project of these services; images that the engine lacks are put there. */
  setProject(name: string, services: Record<string, ComposeService>, change: Partial<Project> = {}): void {
    this.projects.set(name, project(name, change));
    const added = this.composeFile(name);
    this.writeModel(name, services, change, added);
    const artifact = { include: [{ path: [path.basename(added)] }] };
    writeFileSync(path.join(path.dirname(added), 'docker-compose.yml'), JSON.stringify(artifact));
  }

  /** Adds or replaces a host outside of Docker. */
  setExternal(name: string, rows: Partial<IngressRow>[]): void {
    const ingress = rows.map((row) => ingressRow({ service: null, ...row }));
    this.projects.set(name, project(name, { kind: 'external', host: '192.0.2.1', ingress }));
  }

  /** Gives the proxy's stack these services; without one named `traefik` nothing is asked of a Traefik. */
  setProxy(services: Record<string, ComposeService>): void {
    this.writeModel('proxy', services, {}, path.join(this.root, 'proxy/docker-compose.yml'));
  }

  /** As `projects/middlewares.yml` has them: HTTP middlewares by name. */
  setMiddlewares(middlewares: Record<string, object>): void {
    const data = { http: { middlewares } };
    const middlewaresOverride = { file: 'projects/middlewares.yml', text: stringify(data), data };
    this.settings = { ...this.settings, middlewaresOverride };
  }

  private writeModel(
    name: string,
    services: Record<string, ComposeService>,
    change: Partial<Project>,
    file: string,
  ): void {
    const project = change.compose?.name ?? name;
    const networks: ComposeModel['networks'] = { default: { name: `${project}_default` } };
    for (const edge of change.egress ?? []) {
      const network = `${edge.consumer}--${edge.provider}--${edge.service}`;
      networks[network] = { name: network, internal: true };
    }
    const declared = Object.keys(networks);
    if (Object.values(services).some((service) => service.networks?.['proxynet'] !== undefined)) {
      networks['proxynet'] = { name: 'proxynet', external: true };
    }
    const complete = Object.entries(services).map(([service, definition]) => [
      service,
      { networks: Object.fromEntries(declared.map((key) => [key, null])), ...definition },
    ]);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(
      file,
      JSON.stringify({ name: project, services: Object.fromEntries(complete), networks }, null, 2),
    );
    for (const { image } of Object.values(services)) {
      if (image !== undefined && !this.engine.images.has(image)) this.engine.addImage(image, image);
    }
  }

  /** Gives a project that is set its top-level `volumes:`, as Compose reads them. */
  setVolumes(name: string, volumes: ComposeModel['volumes'] = {}): void {
    const file = this.composeFile(name);
    const model = JSON.parse(readFileSync(file, 'utf8')) as ComposeModel;
    writeFileSync(file, JSON.stringify({ ...model, volumes }, null, 2));
  }

  /** Gives a project that is set its top-level `networks:`, as Compose reads them. */
  setNetworks(name: string, networks: ComposeModel['networks'] = {}): void {
    const file = this.composeFile(name);
    const model = JSON.parse(readFileSync(file, 'utf8')) as ComposeModel;
    writeFileSync(file, JSON.stringify({ ...model, networks }, null, 2));
  }

  /** What Compose reads of the project: here all of it stands in the file of what is added. */
  composeFile(name: string): string {
    return path.join(this.root, 'upstream', name, 'docker-compose.ingress.yml');
  }

  removeProject(name: string): void {
    this.projects.delete(name);
    rmSync(this.composeFile(name), { force: true });
  }

  workspace(): Workspace {
    return {
      settings: this.settings,
      projects: [...this.projects.values()].sort((a, b) => compareText(a.name, b.name)),
      problems: [...this.problems],
    };
  }

  /** Of the last context that was made. */
  lastPid(): number {
    return this.pid;
  }

  /** A process of its own: the ones before it are dead, unless it is told otherwise. */
  context(change: Partial<DeployContext> & { alive?: number[] } = {}): DeployContext {
    this.pid += 1;
    const { alive = [], ...rest } = change;
    return {
      root: this.root,
      state: openState(path.join(this.root, 'state')),
      docker: this.engine.docker(),
      env: {},
      system: simulatedSystem(this.clock, this.pid, new Set([this.pid, ...alive])),
      reporter: { line: (stack, text) => this.lines.push(`${stack ?? ''}: ${text}`) },
      ...rest,
    };
  }

  async dispose(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** Images that the simulated engine has, and no honeypot unless a test wants one. */
const SETTINGS = settings({
  versions: { traefik: 'v3', dockerproxy: '1', dns: '1', crowdsec: '1', crowdsecPlugin: '1' },
  dns: { enabled: false, resolvers: [] },
});

function project(name: string, change: Partial<Project>): Project {
  return {
    name,
    folder: `projects/${name}`,
    kind: 'container',
    enabled: true,
    paths: 'source',
    host: null,
    ingressFile: null,
    ingress: [],
    egress: [],
    compose: null,
    files: [],
    ...change,
  };
}
