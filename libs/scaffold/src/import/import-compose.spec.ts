import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readWorkspaceFrom, UserError, type Workspace } from '@itsup/config';
import { explain, parseQuestion, routeWorkspace, type ConnectionAnswer } from '@itsup/routing';
import { describeWithCompose } from '@itsup/config/testing/describe-with-compose';
import { composeConfig } from '../testing/compose-cli';
import { treeOf } from '../testing/tree';
import { parseEnvFile } from './compose/variables';
import { importCompose } from './import-compose';

const FIXTURES = join(__dirname, '__fixtures__');
const names = readdirSync(FIXTURES);
const read = (name: string, file: string) => readFileSync(join(FIXTURES, name, file), 'utf8');

const options = {
  entryPoints: new Map([
    ['postgres', 5432],
    ['wireguard', 51820],
  ]),
  resolvers: new Set(['letsencrypt', 'dns']),
  variables: parseEnvFile("export APP_DOMAIN='cloud.example.com' # where it is\nAPP_PORT=3000 # listens\n"),
};
const settings = {
  'projects/itsup.yml':
    'letsencrypt: { email: a@example.org, resolvers: { dns: { dnsChallenge: { provider: hetzner } } } }\n',
  'projects/middlewares.yml':
    'http: { middlewares: { sso: { forwardAuth: { address: "http://sso" } } } }\n' +
    'tls: { options: { modern: { minVersion: VersionTLS13 } } }\n',
};

const imported = (name: string) =>
  importCompose('docker-compose.yml', read(name, 'docker-compose.yml'), options);

function workspaceOf(name: string): Workspace {
  const { compose, ingress } = imported(name);
  return readWorkspaceFrom(
    treeOf({
      ...settings,
      'projects/app/docker-compose.yml': compose,
      'projects/app/ingress.yml': ingress,
    }),
  );
}

/** `web:2368`, or what becomes of the connection instead. */
function answerOf({ outcome, router }: ConnectionAnswer): string {
  if (outcome === 'unserved') return 'nobody';
  return outcome === 'served' && router ? `${router.target.service}:${router.target.port}` : outcome;
}

describe.each(names)('%s', (name) => {
  // Each file was looked at when it was made; `expected.yml` is what is left of the Compose file.
  it('moves what it should, and changes nothing else', () => {
    const { compose, ingress, notes } = imported(name);
    expect(compose).toBe(read(name, 'expected.yml'));
    expect(ingress).toBe(read(name, 'ingress.yml'));
    expect(notes.map((note) => `${note}\n`).join('')).toBe(read(name, 'notes.txt'));
  });

  it('gives what reads and routes', () => {
    const workspace = workspaceOf(name);
    const routing = routeWorkspace(workspace);
    const problems = [
      ...workspace.problems,
      ...routing.problems,
      ...routing.projects.flatMap((each) => each.problems),
    ];
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  const routes = read(name, 'routes.txt').trim().split('\n');
  it.each(routes.map((line) => line.split(' ') as [string, string]))('%s: %s', (url, expected) => {
    const workspace = workspaceOf(name);
    const question = parseQuestion(url);
    if ('problem' in question) throw new Error(question.problem.message);
    const { answers } = explain(question.question, workspace, routeWorkspace(workspace));
    expect(answers.map(answerOf)).toContain(expected);
  });
});

describeWithCompose('docker compose', () => {
  it.each(names)('takes what is left of %s, with the same services', (name) => {
    const variables = { DOMAIN: 'example.com', DB_PASSWORD: 'x', TOKEN: 'x' };
    const config = (text: string) =>
      JSON.parse(composeConfig({ 'docker-compose.yml': text }, 'docker-compose.yml', variables)) as {
        services: Record<string, { labels?: object; networks?: object }>;
      };
    const bare = (text: string) =>
      Object.entries(config(text).services).map(
        ([service, { labels: _labels, networks: _networks, ...rest }]) => [service, rest],
      );
    expect(bare(imported(name).compose)).toEqual(bare(read(name, 'docker-compose.yml')));
  });
});

describe('what cannot be imported', () => {
  const refusal = (text: string) => {
    try {
      importCompose('old/compose.yml', text);
    } catch (error) {
      if (error instanceof UserError)
        return error.problems.map(({ message, help }) => `${message}. ${help ?? ''}`).join();
      throw error;
    }
    return '';
  };

  it.each([
    ['no YAML', 'services: [', 'old/compose.yml cannot be read'],
    ['no services', 'volumes: {}\n', 'old/compose.yml has no services'],
    [
      'no labels',
      'services: { web: { image: a } }\n',
      'old/compose.yml has no labels that make Traefik route anything',
    ],
    [
      'no port',
      'services:\n  web:\n    image: a\n    labels:\n      - traefik.http.routers.web.rule=Host(`a.org`)\n',
      'neither a label nor the Compose file says on which port it listens',
    ],
    [
      'an entry point that nobody knows',
      'services:\n  web:\n    image: a\n    ports: ["53"]\n    labels:\n      - traefik.udp.routers.dns.entrypoints=dns\n',
      'say --entryPoints=dns:<port>',
    ],
    [
      'no labels, and so nothing to move',
      'services: { web: { image: a } }\n',
      'Copy its folder to projects/<name>/ as it is; an ingress.yml belongs beside it only where something is to lead to it.',
    ],
    [
      'labels that are elsewhere alone',
      'services:\n  web:\n    image: a\n    extends: {file: ../base.yml, service: web}\n',
      'Write the labels out in this file, and import it again.',
    ],
    [
      'labels that say too little',
      'services:\n  web:\n    image: a\n    labels:\n      - traefik.http.routers.web.rule=Host(`a.org`)\n',
      'Cure the first reason, or write the ingress.yml by hand.',
    ],
    [
      'labels of Traefik v1',
      'services:\n  web:\n    image: a\n    labels:\n      - traefik.frontend.rule=Host:a.org\n',
      'has no labels that make Traefik route anything',
    ],
  ])('%s', (_, text, message) => expect(refusal(text)).toContain(message));
});

const row = (
  container: string,
): string => `      - traefik.http.routers.${container}.rule=Host(\`${container}.org\`)
      - traefik.http.routers.${container}.entrypoints=websecure
      - traefik.http.services.${container}.loadbalancer.server.port=80
`;

describe('labels of a Traefik that showed every container', () => {
  it('are enabled where they stay, in a list or a mapping, and not where a row does that', () => {
    const text = `services:
  web:
    labels:
${row('web')}  api:
    labels:
      # by the health check
${row('api')}      - traefik.http.services.api.loadbalancer.healthcheck.path=/up
  auth:
    labels:
      traefik.http.middlewares.auth.basicauth.users: a:b
`;
    const { compose, notes } = importCompose('compose.yml', text);
    const services = (parse(compose) as { services: Record<string, { labels?: unknown }> }).services;
    expect(services['web']).toBeNull();
    expect(services['api']?.labels).toContain('traefik.enable=true');
    expect(services['auth']?.labels).toMatchObject({ 'traefik.enable': 'true' });
    expect(notes.filter((note) => note.includes('traefik.enable=true is added'))).toHaveLength(2);
  });
});

describe('labels that are elsewhere', () => {
  const elsewhere = (text: string, override?: { file: string; text: string }): string => {
    try {
      return importCompose('compose.yml', text, { override }).notes.join('\n');
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('are said where they stand: behind an anchor, in a file that is extended, in the override file', () => {
    const anchored = `x-common: &common\n  labels:\n${row('web').replaceAll('      -', '    -')}`;
    expect(elsewhere(`${anchored}services:\n  web:\n    <<: *common\n`)).toContain(
      'web: its labels stand behind an anchor',
    );
    expect(elsewhere('services:\n  web:\n    extends: { file: base.yml, service: web }\n')).toContain(
      'web: it extends a service of base.yml',
    );
    const override = { file: 'compose.override.yml', text: `services:\n  web:\n    labels:\n${row('web')}` };
    expect(elsewhere('services:\n  web:\n    image: x\n', override)).toContain(
      'compose.override.yml has labels of Traefik',
    );
  });
});
