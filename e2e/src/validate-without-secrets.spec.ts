import { succeeded } from './harness/run';
import { createWorkspace, type TestWorkspace } from './harness/workspace/workspace';

const COMPOSE = `services:
  web:
    image: \${IMAGE:?name an image}
    env_file: [secrets-of-the-server.env]
    ports: ["127.0.0.1:\${PORT:-8099}:80"]
    volumes: ["\${DATA}/files:/data"]
    healthcheck: {test: [CMD, "true"], interval: "\${PAUSE}"}
`;

describe('a verdict', () => {
  let workspace: TestWorkspace;
  let project: string;

  beforeAll(async () => {
    workspace = await createWorkspace();
    project = workspace.name('app');
    await workspace.write(`projects/${project}/docker-compose.yml`, COMPOSE);
  });
  afterAll(() => workspace.dispose());

  const validate = async (env: Record<string, string> = {}) =>
    workspace.nx(['run', `${project}:validate`, '--skip-nx-cache'], { env });

  it('needs neither required variables nor the env_file of the server', async () => {
    const { all } = succeeded(await validate());
    expect(all).toContain('secrets-of-the-server.env');
  });

  it('does not depend on what an ignored .env or the environment says', async () => {
    await workspace.write(`projects/${project}/.env`, 'PORT=garbage\nIMAGE=\n');
    succeeded(await validate({ PORT: 'garbage', PAUSE: 'garbage' }));
  });

  it('finds a service without anything to run all the same', async () => {
    await workspace.write(
      `projects/${project}/docker-compose.yml`,
      `${COMPOSE}  idle:\n    command: sleep\n`,
    );
    const { exitCode, all } = await validate();
    expect(exitCode).toBeGreaterThan(0);
    expect(all).toMatch(/idle.*neither/);
  });
});
