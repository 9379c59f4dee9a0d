import { createDocker } from '../create-docker';
import { engineAnswers, fakeDocker, INFO, rejection, removeFakes } from '../testing/fake-docker';

const COMPOSE_VERSION = { match: '^compose version', stdout: '2.40.0\n' };

afterAll(removeFakes);

describe('versions', () => {
  it('says what is missing', async () => {
    const missing = await createDocker({ binary: 'no-such-docker', env: {} }).versions();
    expect(missing).toMatchObject({
      client: null,
      server: null,
      compose: null,
      clientError: { code: 'docker-missing' },
    });

    const down = await fakeDocker([
      {
        match: '^version',
        stdout: '{"Client":{"Version":"28.2.2"},"Server":null}\n',
        stderr: 'Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?',
        exit: 1,
      },
      COMPOSE_VERSION,
    ]).docker.versions();
    expect(down).toMatchObject({
      client: '28.2.2',
      clientError: null,
      server: null,
      serverError: { code: 'engine-unreachable' },
      compose: '2.40.0',
      composeError: null,
    });
  });

  it.each([
    ['2.20.2\n', 'compose-too-old'],
    ['v2.20.3\n', undefined],
    ['', 'compose-missing'],
  ])('judges Compose %j', async (stdout, code) => {
    const { docker } = fakeDocker([
      { match: '^version', stdout: '{"Client":{"Version":"28"},"Server":{"Version":"27"}}' },
      { match: '^compose', stdout, stderr: stdout ? '' : 'unknown flag: --short', exit: stdout ? 0 : 125 },
    ]);
    expect((await docker.versions()).composeError?.code).toBe(code);
  });
});

describe('where the engine runs', () => {
  it('is asked once, also by several at a time', async () => {
    const { docker, calls } = fakeDocker(engineAnswers(INFO));
    const [first, second] = await Promise.all([docker.engine(), docker.engine()]);
    expect(first).toMatchObject({ version: '28.0.0', rootless: true });
    expect(second).toBe(first);
    expect(await docker.engine()).toBe(first);
    expect(calls()).toHaveLength(2);
  });

  it('is asked again when nothing answered', async () => {
    // Of the two questions that are asked at once it is this one that fails; else the other might end the wait before
    // it is asked.
    const { docker, calls } = fakeDocker([
      { match: '^system info', stderr: 'Cannot connect', exit: 1 },
      { match: '^context', stdout: '{}' },
    ]);
    await rejection(docker.engine());
    await rejection(docker.engine());
    expect(calls().filter(({ args }) => args[0] === 'system')).toHaveLength(2);
  });
});
