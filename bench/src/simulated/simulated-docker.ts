import { join } from 'node:path';
import { run } from '@itsup/e2e/run';
import {
  DockerError,
  type ComposeModel,
  type ComposeStack,
  type ContainerDetails,
  type ContainerSpec,
  type ContainerSummary,
  type Docker,
  type ImageDetails,
  type ListContainersOptions,
  type NetworkDetails,
  type NetworkSpec,
  type UpOptions,
} from '@itsup/docker';
import { stringify } from 'yaml';
import { composeModel } from './compose-model';
import { imageOf, toContainer, toDetails, toSummary, type ListedContainer } from './listed-container';

/** What it answers; the rest of these is refused. */
type Answered = Pick<
  Docker,
  | 'with'
  | 'listContainers'
  | 'watch'
  | 'inspectContainers'
  | 'inspectImages'
  | 'inspectNetworks'
  | 'createNetwork'
  | 'connectNetwork'
  | 'run'
  | 'runDetached'
  | 'logs'
  | 'remove'
  | 'exec'
>;

/**
 * An engine in memory on which every image is there and every container is healthy at once: enough for a first deploy
 * of stacks, after which `containers` is what a listing shows. To any other question it rejects.
 */
export class SimulatedDocker implements Answered {
  readonly containers: ListedContainer[] = [];
  private readonly networks = new Map<string, NetworkSpec>();
  readonly host = { runHook: async () => ({ exitCode: 0, lastLine: '' }) };

  /** @param state the state folder, which Traefik has mounted */
  constructor(private readonly state: string) {}

  /** The interface that deploys take. */
  asDocker(): Docker {
    return new Proxy({} as Docker, {
      get: (_, name) => Reflect.get(this, name, this) ?? refusal(String(name)),
    });
  }

  with(): Docker {
    return this.asDocker();
  }

  async engine(): Promise<{ location: string; endpoint: string }> {
    return { location: 'local', endpoint: 'unix:///simulated' };
  }

  compose(stack: ComposeStack) {
    const model = composeModel(stack.files[0] ?? '', stack.project);
    return {
      stack,
      configYaml: async () => stringify(model, { aliasDuplicateObjects: false }),
      build: async () => undefined,
      up: async ({ services = [] }: UpOptions = {}) => this.start(stack, model, services),
      create: async ({ services = [] }: UpOptions = {}) => this.start(stack, model, services),
    };
  }

  async listContainers({ labelFilters = [] }: ListContainersOptions = {}): Promise<ContainerSummary[]> {
    const filters = labelFilters.map((filter) => filter.split('=') as [string, string?]);
    return this.containers
      .filter(({ labels }) =>
        filters.every(([key, value]) => (value === undefined ? key in labels : labels[key] === value)),
      )
      .map(toSummary);
  }

  async *watch(ids: string[]): AsyncGenerator<ContainerDetails[]> {
    const wanted = new Set(ids);
    yield this.containers.filter(({ fields }) => wanted.has(fields.ID)).map(toDetails);
  }

  async inspectContainers(ids: string[]): Promise<ContainerDetails[]> {
    return this.containers.filter(({ fields }) => ids.includes(fields.ID)).map(toDetails);
  }

  async inspectImages(references: string[]): Promise<Map<string, ImageDetails>> {
    return new Map(references.map((reference) => [reference, imageOf(reference)]));
  }

  async inspectNetworks(names: string[]): Promise<NetworkDetails[]> {
    return names.flatMap((name) => {
      const network = this.networks.get(name);
      if (network === undefined) return [];
      const subnets = [{ subnet: network.subnet ?? '10.0.0.0/24', gateway: null, ipRange: null }];
      const { internal = false } = network;
      return [
        {
          ...{
            id: name,
            name,
            driver: 'bridge',
            internal,
            attachable: false,
            options: {},
            ipv6: false,
            bridge: `br-${name}`,
          },
          ...{ labels: {}, subnets, containers: [] },
        },
      ];
    });
  }

  async createNetwork(spec: NetworkSpec): Promise<string> {
    this.networks.set(spec.name, spec);
    return spec.name;
  }

  async connectNetwork(network: string, id: string): Promise<void> {
    const container = this.containers.find(({ fields }) => fields.ID === id);
    if (container) container.fields.Networks += `,${network}`;
  }

  /** Scripts of a shell run on the folders that the container would have: they hand files to Traefik's user. */
  async run({
    entrypoint,
    command = [],
    binds = [],
  }: ContainerSpec): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    if (entrypoint !== '/bin/sh') return { exitCode: 0, stdout: '', stderr: '' };
    const script = binds.reduce(
      (text, bind) => {
        const [source = '', target = ''] = bind.split(':');
        return text.replaceAll(new RegExp(`${target}\\b`, 'g'), source);
      },
      command.at(-1) ?? '',
    );
    const { exitCode = 1, stdout, stderr } = await run('/bin/sh', ['-c', script]);
    return { exitCode, stdout, stderr };
  }

  /** The throw-away Traefik that tries files: it takes them all. */
  async runDetached(): Promise<string> {
    return 'trial';
  }

  async logs(): Promise<string> {
    return '{"level":"error","routerName":"trial~end@file","error":"the last router leads nowhere"}';
  }

  async remove(): Promise<void> {
    return undefined;
  }

  /** Asked of Traefik alone: which folders it has. */
  async exec(_id: string, argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const inside = new Map([
      ['/etc/traefik', join(this.state, 'traefik')],
      ['/acme', join(this.state, 'acme')],
    ]);
    const [program = '', ...args] = argv.map((arg) => inside.get(arg) ?? arg);
    const { exitCode = 1, stdout, stderr } = await run(program, args);
    return { exitCode, stdout, stderr };
  }

  private mountsOf(project: string, service: string): string[] {
    const isTraefik = project === 'proxy' && service === 'traefik';
    return isTraefik ? ['traefik', 'acme'].map((folder) => join(this.state, folder)) : [];
  }

  private start(stack: ComposeStack, model: ComposeModel, services: string[]): void {
    for (const { name } of Object.values(model.networks ?? {}).filter((network) => network !== null)) {
      if (name !== undefined && !this.networks.has(name)) this.networks.set(name, { name });
    }
    for (const service of services) {
      const name = `${stack.project}-${service}-1`;
      if (this.containers.some(({ fields }) => fields.Names === name)) continue;
      this.containers.push(toContainer(name, service, stack, model, this.mountsOf(stack.project, service)));
    }
  }
}

function refusal(name: string): () => Promise<never> {
  return () =>
    Promise.reject(
      new DockerError({
        code: 'command-failed',
        command: name,
        exitCode: null,
        stderr: 'the simulated engine does not answer it',
      }),
    );
}
