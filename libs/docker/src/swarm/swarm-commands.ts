import { askEngine } from '../engine/engine-api';
import type { Engine } from '../engine/engine';
import { DockerError } from '../fault/docker-error';
import type { CommandRunner } from '../process/command-runner';
import {
  type ApiFile,
  type ApiInfo,
  type ApiNode,
  type ApiService,
  type ApiTask,
  fileOf,
  nodeOf,
  serviceOf,
  stateOf,
  taskOf,
} from './parse-swarm';
import type { Swarm, SwarmFileKind } from './swarm';

/** What the CLI says to a command that it does not have, be it as a failure or as its help. */
const UNKNOWN_COMMAND = /is not a docker command|unknown command|^\s*Usage:\s+docker stack\b/im;

/** A stack of many services is read in a second or two; the answer of a manager that lost its quorum never comes. */
const DEPLOY_TIMEOUT_SECONDS = 120;

/** The swarm's commands of the CLI, and its questions, asked of the engine's API: one request for all stacks. */
export function swarmCommands(runner: CommandRunner, engine: () => Promise<Pick<Engine, 'endpoint'>>): Swarm {
  const get = async <T>(path: string): Promise<T> =>
    (await askEngine((await engine()).endpoint, 'GET', path)) as T;
  const post = async (path: string, body: unknown): Promise<unknown> =>
    askEngine((await engine()).endpoint, 'POST', path, body);

  const updateNode = async (
    node: string,
    spec: (before: ApiNode['Spec']) => ApiNode['Spec'],
  ): Promise<void> => {
    const before = await get<ApiNode>(`/nodes/${encodeURIComponent(node)}`);
    const version = before.Version?.Index ?? 0;
    await post(`/nodes/${before.ID ?? node}/update?version=${version}`, spec(before.Spec));
  };

  return {
    readStackFile: async (text) => {
      const command = { args: ['stack', 'config', '--compose-file', '-'], input: text };
      const { exitCode, stdout, stderr } = await runner.attempt(command);
      if (UNKNOWN_COMMAND.test(stderr) || UNKNOWN_COMMAND.test(stdout)) return null;
      if (exitCode !== 0) throw new DockerError({ code: 'stack-invalid', reason: stderr.trim() });
      return { yaml: stdout, remarks: stderr.split('\n').filter((line) => line.trim() !== '') };
    },

    state: async () => stateOf(await get<ApiInfo>('/info')),
    init: async ({ address } = {}) => {
      await runner.run({
        args: ['swarm', 'init', ...(address === undefined ? [] : ['--advertise-addr', address])],
        title: 'docker swarm init',
      });
    },
    joinCommand: async (role) => {
      const { stdout } = await runner.run({ args: ['swarm', 'join-token', role] });
      return /docker swarm join .*/.exec(stdout)?.[0] ?? stdout.trim();
    },

    listNodes: async () => (await get<ApiNode[]>('/nodes')).map(nodeOf),
    listServices: async () => (await get<ApiService[]>('/services')).map(serviceOf),
    listTasks: async () => (await get<ApiTask[]>('/tasks')).map(taskOf),
    listFiles: async (kind, label) => {
      const filters = label === undefined ? {} : { label: [label] };
      const query = `filters=${encodeURIComponent(JSON.stringify(filters))}`;
      return (await get<ApiFile[]>(`/${kind}s?${query}`)).map(fileOf);
    },

    setAvailability: (node, availability) =>
      updateNode(node, (before) => ({ ...before, Availability: availability })),
    setNodeLabel: (node, label, value) =>
      updateNode(node, (before) => ({ ...before, Labels: { ...before?.Labels, [label]: value } })),

    createFile: async (kind, { name, content, labels }) => {
      const body = { Name: name, Labels: labels, Data: Buffer.from(content).toString('base64') };
      await post(`/${kind}s/create`, body).catch(unless(/already exists|name conflicts/i));
    },
    removeFile: async (kind: SwarmFileKind, name) => {
      const { exitCode, stderr } = await runner.attempt({ args: [kind, 'rm', name] });
      return exitCode === 0 || /no such|not found/i.test(stderr);
    },

    deployStack: async (name, text, { prune }) => {
      const args = ['stack', 'deploy', '--compose-file', '-', '--resolve-image', 'never'];
      await runner.run({
        args: [...args, ...(prune ? ['--prune'] : []), '--with-registry-auth', name],
        input: text,
        timeoutSeconds: DEPLOY_TIMEOUT_SECONDS,
        title: 'docker stack deploy',
      });
    },
    setServiceLabels: async (service, labels) => {
      const before = await get<ApiService>(`/services/${encodeURIComponent(service)}`);
      const version = before.Version?.Index ?? 0;
      await post(`/services/${before.ID ?? service}/update?version=${version}`, {
        ...before.Spec,
        Labels: labels,
      });
    },
    removeStack: async (name) => {
      const { exitCode, stderr, ...rest } = await runner.attempt({
        args: ['stack', 'rm', name],
        timeoutSeconds: DEPLOY_TIMEOUT_SECONDS,
      });
      if (exitCode === 0 || /nothing found in stack/i.test(stderr)) return;
      throw runner.failure({ args: ['stack', 'rm', name] }, { ...rest, exitCode, stderr });
    },

    createOverlay: async ({ name, internal = false, labels }) => {
      const body = { Name: name, Driver: 'overlay', Internal: internal, Attachable: true, Labels: labels };
      await post('/networks/create', { ...body, CheckDuplicate: true }).catch(unless(/already exists/i));
    },

    logs: async (target, { tail = 100 } = {}) =>
      (await runner.run({ args: ['service', 'logs', '--raw', '--tail', String(tail), target] })).all,
    showLogs: async (services, { tail, follow }) => {
      const args = ['service', 'logs', '--tail', String(tail), ...(follow ? ['--follow'] : [])];
      const codes = await Promise.all(services.map((name) => runner.attached({ args: [...args, name] })));
      return Math.max(0, ...codes);
    },
  };
}

/** For what is done already. */
function unless(done: RegExp): (error: unknown) => void {
  return (error) => {
    if (DockerError.is(error, 'command-failed') && done.test(error.fault.stderr)) return;
    throw error;
  };
}
