import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { generateStacks } from '@itsup/artifacts';
import type { Problem } from '@itsup/config';
import { describeWithStackConfig } from '@itsup/config/testing/describe-with-compose';
import { createDocker } from '@itsup/docker';

import { validateStacks } from './validate-stacks';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'itsup-swarm-')));
  symlinkSync(path.resolve(__dirname, '../../../../templates'), path.join(root, 'templates'));
});

afterEach(() => rmSync(root, { recursive: true }));

/** What validate says to a project, place and all, on a machine whose engine does not answer. */
async function said(compose: string, settings = 'engine: swarm\n'): Promise<string[]> {
  const files = {
    'projects/itsup.yml': settings,
    'projects/app/docker-compose.yml': compose,
    'projects/app/ingress.yml': 'ingress: [{service: web, domain: app.example.com, port: 80}]\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  const found: Problem[] = [];
  await generateStacks(root, ['app'], ({ problems }) => found.push(...problems));
  const docker = createDocker({
    env: { PATH: process.env['PATH'], HOME: root, DOCKER_HOST: 'unix:///nowhere' },
  });
  const onOutcome = ({ problems }: { problems: Problem[] }): number => found.push(...problems);
  await validateStacks({ root, stacks: ['app'], docker, parallel: 1, onOutcome });
  return found.map(
    ({ severity, message, place }) => `${place?.file ?? ''}:${place?.line ?? 0} ${severity} ${message}`,
  );
}

const WEB = 'services:\n  web:\n    image: busybox\n    restart: always\n';
const FILE = 'projects/app/docker-compose.yml';

describeWithStackConfig('validate for a swarm', () => {
  test('a project with a row that a swarm can run', async () => {
    expect(await said(`${WEB}    labels: {a: b}\n`)).toEqual([]);
  });

  test('a port of the loopback is refused at its line, and is none of Compose’s business', async () => {
    const compose = `${WEB}    ports:\n      - 9090:80\n      - 127.0.0.1:5432:5432\n`;
    expect(await said(compose)).toEqual([
      `${FILE}:7 error service web: \`port 5432 on 127.0.0.1\` is not possible on a swarm: it is published on every address, so everybody reaches it`,
    ]);
    expect(await said(compose, 'engine: compose\n')).toEqual([]);
  });

  test('a range stands for several ports: the list is the place', async () => {
    expect(await said(`${WEB}    ports:\n      - 8000-8002:80-82\n      - "90"\n`)).toEqual([
      `${FILE}:5 error service web: \`port 90\` is not possible on a swarm: each task gets another port, which nobody is told`,
    ]);
  });

  test('what `docker stack` refuses is told at its line', async () => {
    expect(await said(`${WEB}    deploy:\n      update_config:\n        order: backwards\n`)).toEqual([
      expect.stringMatching(/docker-compose\.yml:[67] error .*order/),
    ]);
  });

  test('notes: what is kept in another way', async () => {
    expect(await said('services:\n  web:\n    image: busybox\n    container_name: shop\n')).toEqual([
      `${FILE}:2 note service web: it does not come back when it ends or its machine is lost`,
      `${FILE}:4 note service web: no container is called shop: its tasks have names of their own`,
    ]);
  });

  test('a value that is not there leaves the question to the deploy, and says so', async () => {
    expect(await said(`${WEB}    environment: {A: "\${A:?}"}\n    env_file: [secret.env]\n`)).toEqual([
      expect.stringContaining('env_file'),
      expect.stringContaining('what a swarm makes of it is not checked here'),
    ]);
  });

  test('settings that a swarm cannot have yet', async () => {
    expect(await said(WEB, 'engine: swarm\ndns:\n  enabled: true\ncrowdsec: {enabled: true}\n')).toEqual(
      expect.arrayContaining([
        expect.stringContaining('projects/itsup.yml:3 error `dns.enabled` is not possible'),
        expect.stringContaining('projects/itsup.yml:4 error `crowdsec.enabled` is not possible'),
      ]),
    );
  });
});
