import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import type { Docker } from './docker';
import { fakeDocker, rejection, removeFakes, type FakeAnswer, type FakeCall } from './testing/fake-docker';
import { fakeEngine, type FakeEngine, type FakeEngineAnswers } from './testing/fake-engine';

const engines: FakeEngine[] = [];

afterEach(async () => {
  removeFakes();
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

interface Subject {
  docker: Docker;
  asked: string[];
  calls(): FakeCall[];
}

/** An engine on a socket, with a command beside it. */
async function subject(
  answers: FakeEngineAnswers,
  commands: FakeAnswer[] = [],
  { apiVersion, signal }: { apiVersion?: string; signal?: AbortSignal } = {},
): Promise<Subject> {
  const engine = await fakeEngine(answers, apiVersion);
  engines.push(engine);
  const { docker, calls } = fakeDocker(commands, { socket: engine.socket, signal });
  return { docker, asked: engine.asked, calls };
}

const LISTED = {
  Id: 'f'.repeat(64),
  Names: ['/other/alias', '/shop-web-1'],
  Image: 'busybox:stable',
  State: 'running',
  Status: 'Up 2 hours (health: starting)',
  Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web', odd: 'a,b=c' },
  NetworkSettings: { Networks: { shop_default: {}, proxynet: {} } },
  Mounts: [{ Name: 'data', Source: '/var/lib/docker/volumes/data' }, { Source: '/srv' }],
};

describe('what the engine is asked over its socket', () => {
  it('may be many things at the same moment, which Node is not to take for a leak', async () => {
    const { signal } = new AbortController();
    const ids = Array.from({ length: 40 }, (_, index) => `c${index}`);
    const { docker } = await subject({}, [], { signal });
    expect(await docker.inspectContainers(ids)).toEqual([]);
    // Where Node keeps it: its own getMaxListeners takes no signal of Jest's.
    const kept = Object.getOwnPropertySymbols(signal).find(
      ({ description }) => description === 'events.maxEventTargetListeners',
    );
    expect(kept && Reflect.get(signal, kept)).toBe(0);
  });

  it('is the listing, without a process', async () => {
    const { docker, asked, calls } = await subject({ '/containers/json': [LISTED] });
    const options = { labelFilters: ['com.docker.compose.project', 'a=b'], labels: ['odd', 'none'] };
    expect(await docker.listContainers(options)).toMatchObject([
      {
        ...{
          id: LISTED.Id,
          name: 'shop-web-1',
          image: 'busybox:stable',
          state: 'running',
          health: 'starting',
        },
        ...{ networks: ['shop_default', 'proxynet'], mounts: ['data', '/srv'], labels: { odd: 'a,b=c' } },
        compose: { project: 'shop', service: 'web', number: 1, oneoff: true },
      },
    ]);
    const filters = JSON.stringify({ label: options.labelFilters });
    expect(asked).toEqual(['/_ping', `/v1.41/containers/json?all=1&filters=${filters}`]);
    expect(calls()).toEqual([]);
  });

  it('is asked in no newer version than is known', async () => {
    const { docker, asked } = await subject({ '/containers/json': [] }, [], { apiVersion: '1.99' });
    await docker.listContainers();
    expect(asked.at(-1)).toContain('/v1.51/containers/json');
  });

  it('leaves out what is gone, of every kind', async () => {
    const { docker, calls } = await subject({});
    expect(await docker.inspectContainers(['a', 'b'])).toEqual([]);
    expect(await docker.inspectNetworks(['a'])).toEqual([]);
    expect(await docker.inspectVolumes(['a'])).toEqual([]);
    expect(await docker.inspectImages(['ghcr.io/a/b:1@sha256:2'])).toEqual(new Map());
    expect(calls()).toEqual([]);
  });

  it('is left to the command after an answer that is none, and where nothing answers', async () => {
    const broken = (response: ServerResponse): void => void response.writeHead(500).end('broken');
    const commands = [
      {
        match: '^ps',
        stderr: 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
        exit: 1,
      },
    ];
    const { docker, calls } = await subject({ '/containers/json': broken }, commands);
    expect(await rejection(docker.listContainers())).toMatchObject({ code: 'engine-unreachable' });
    expect(calls()).toHaveLength(1);

    const gone = fakeDocker(commands, { socket: '/nowhere/docker.sock' });
    expect(await rejection(gone.docker.listContainers())).toMatchObject({ code: 'engine-unreachable' });
  });

  it('ends with an interrupt', async () => {
    const controller = new AbortController();
    const never = (): void => controller.abort();
    const { docker, calls } = await subject({ '/containers/json': never }, [], { signal: controller.signal });
    expect(await rejection(docker.listContainers())).toMatchObject({ code: 'interrupted' });
    expect(calls()).toEqual([]);
  });
});

describe('the events of an engine', () => {
  const event = (action: string): string =>
    `${JSON.stringify({ Type: 'container', Action: action, Actor: { ID: 'a', Attributes: { n: 'é' } }, timeNano: 5e6 })}\n`;

  it('come as they happen, whole', async () => {
    const sent = Buffer.from(event('start') + event('die'));
    const answer = async (response: ServerResponse): Promise<void> => {
      response.write(sent.subarray(0, 90));
      await sleep(30);
      response.write(sent.subarray(90));
    };
    const { docker, asked, calls } = await subject({ '/events': answer });
    const actions: string[] = [];
    for await (const { action, attributes, timeMs } of docker.events({
      filters: ['container=a', 'event=die'],
    })) {
      expect({ attributes, timeMs }).toEqual({ attributes: { n: 'é' }, timeMs: 5 });
      if (actions.push(action) === 2) break;
    }
    expect(actions).toEqual(['start', 'die']);
    expect(asked.at(-1)).toContain('{"container":["a"],"event":["die"]}');
    expect(calls()).toEqual([]);
  });

  it('end with the signal of whoever listens', async () => {
    const controller = new AbortController();
    const answer = (response: ServerResponse): void => void response.write(event('start'));
    const { docker } = await subject({ '/events': answer });
    for await (const _ of docker.events({ signal: controller.signal })) controller.abort();
  });

  it('are an error when the engine goes away', async () => {
    const answer = (response: ServerResponse): void =>
      void response.write(event('start'), () => response.destroy());
    const { docker } = await subject({ '/events': answer });
    const all = async (): Promise<void> => {
      for await (const _ of docker.events()) continue;
    };
    expect(await rejection(all())).toMatchObject({ code: 'command-failed' });
  });
});
