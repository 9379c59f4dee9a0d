import type { Project, Workspace } from '@itsup/config';
import { row as anyRow, settings as anySettings } from '@itsup/config/testing/model';
import type { ContainerSummary } from '@itsup/docker';
import { explain, parseQuestion, routeWorkspace, type Explanation } from '@itsup/routing';

import { servedConfiguration } from '@itsup/traefik';
import { formatExplanation } from '../format/format-explanation';
import { judgeRunning, type Observation } from './judge-running';

const settings = anySettings({ dns: { enabled: false, resolvers: [] } });

const place = { file: 'projects/blog/ingress.yml', line: 2, column: 5 };
const row = anyRow({ place, domains: ['blog.localhost'] });
const blog: Project = {
  name: 'blog',
  folder: 'projects/blog',
  kind: 'container',
  enabled: true,
  paths: 'source',
  host: null,
  ingressFile: place.file,
  ingress: [row],
  egress: [],
  compose: {
    files: [],
    name: null,
    services: [
      {
        name: 'web',
        place,
        networks: null,
        networkMode: null,
        labels: {},
        hasDns: false,
        hasHealthcheck: true,
        image: 'nginx',
        hasBuild: false,
        containerName: null,
        profiles: [],
        publishedPorts: [],
      },
    ],
    networks: [],
    binds: [],
  },
  files: [],
};
const workspace: Workspace = { settings, projects: [blog], problems: [] };

function ask(text: string): Explanation {
  const parsed = parseQuestion(text);
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return explain(parsed.question, workspace, routeWorkspace(workspace));
}

function container(changes: Partial<ContainerSummary> = {}): ContainerSummary {
  return {
    id: 'a'.repeat(64),
    name: 'blog-web-1',
    image: 'nginx',
    state: 'running',
    status: 'Up 2 hours',
    health: 'healthy',
    networks: ['blog_default'],
    mounts: [],
    ports: [],
    compose: {
      project: 'blog',
      service: 'web',
      configHash: '',
      number: 1,
      oneoff: false,
      workingDir: '',
      configFiles: [],
      imageId: '',
    },
    labels: {},
    ...changes,
  };
}

interface Raw {
  router?: Record<string, unknown> | null;
  service?: Record<string, unknown>;
  more?: Record<string, unknown>;
}

/** What Traefik's API shows for the route of `blog`, but for what a test changes. */
function served({ router = {}, service = {}, more = {} }: Raw = {}): Observation['served'] {
  const url = 'http://172.20.0.5:8080';
  const routers = {
    ...more,
    ...(router && {
      'blog-web-8080@docker': { rule: 'Host(`blog.localhost`)', status: 'enabled', ...router },
    }),
  };
  return {
    configuration: servedConfiguration({
      routers,
      services: {
        'blog-web-8080@docker': {
          status: 'enabled',
          loadBalancer: { servers: [{ url }] },
          serverStatus: { [url]: 'UP' },
          ...service,
        },
      },
    }),
    entryPoints: ['traefik', 'web', 'web-secure'],
  };
}

function judge(observation: Partial<Observation>, question = 'https://blog.localhost') {
  const facts = judgeRunning(ask(question), workspace, {
    engine: { reachable: true, reason: null },
    listing: [container()],
    served: served(),
    reason: null,
    ...observation,
  });
  return { ...facts, certificates: null };
}

const codes = (facts: ReturnType<typeof judge>): string[] => facts.findings.map(({ code }) => code);

describe('judgeRunning', () => {
  it('finds nothing where everything runs as the sources say', () => {
    const facts = judge({});
    expect(facts.findings).toEqual([]);
    expect(facts.routers['blog-web-8080@docker']).toMatchObject({
      status: 'enabled',
      servers: { up: 1, all: 1 },
    });
    expect(facts.containers['blog:web']).toMatchObject([
      { name: 'blog-web-1', isServed: true, isReached: true },
    ]);
  });

  it.each<[string, ContainerSummary[]]>([
    ['not-deployed', []],
    ['not-running', [container({ state: 'exited', health: null })]],
    ['not-healthy', [container({ health: 'unhealthy' })]],
    ['not-healthy', [container({ health: 'starting' })]],
    ['not-on-its-network', [container({ networks: ['blog_other'] })]],
  ])('%s, and not that the router is missing for it', (code, listing) => {
    expect(codes(judge({ listing, served: served({ router: null }) }))).toEqual([code]);
  });

  it('is content with one container that serves', () => {
    expect(
      codes(judge({ listing: [container({ health: 'unhealthy' }), container({ name: 'blog-web-2' })] })),
    ).toEqual([]);
  });

  it.each<[string, Raw]>([
    ['router-missing', { router: null }],
    ['router-error', { router: { status: 'disabled', error: ['middleware "x@file" does not exist'] } }],
    ['router-error', { service: { status: 'disabled', error: ['cannot create service'] } }],
    ['router-differs', { router: { rule: 'Host(`old.localhost`)' } }],
    ['no-server', { service: { loadBalancer: { servers: [] }, serverStatus: {} } }],
    ['no-server', { service: { serverStatus: { 'http://172.20.0.5:8080': 'DOWN' } } }],
  ])('%s of a container that is well', (code, raw) => {
    expect(codes(judge({ served: served(raw) }))).toEqual([code]);
  });

  it('does not miss a router that a rollout serves from its route file', () => {
    const pin = {
      'blog-web-8080~blog~web~rollout@file': { rule: 'Host(`blog.localhost`)', status: 'enabled' },
    };
    const facts = judge({ served: served({ router: null, more: pin }) });
    expect(facts.findings).toEqual([]);
    expect(facts.routers['blog-web-8080@docker']).toMatchObject({ status: 'missing', isPinned: true });
  });

  it('knows an entry point that the running Traefik lacks', () => {
    expect(codes(judge({ served: { ...served(), entryPoints: ['web'] } as Observation['served'] }))).toEqual([
      'entry-point-missing',
    ]);
  });

  it('knows a proxy that does not run, and one that does not answer', () => {
    expect(judge({ served: null }).findings).toMatchObject([
      { code: 'proxy-silent', message: 'the proxy does not run, so nothing answers' },
    ]);
    expect(judge({ served: null, reason: 'refused' }).findings).toMatchObject([{ message: 'refused' }]);
  });

  it('knows what an earlier deploy left, and says nothing without an engine', () => {
    const old = { 'old-web-80@docker': { rule: 'Host(`old.localhost`)', status: 'enabled' } };
    expect(codes(judge({ served: served({ more: old }) }, 'https://old.localhost'))).toEqual([
      'served-from-earlier',
    ]);
    expect(judge({ engine: { reachable: false, reason: 'no engine' }, served: null }).findings).toEqual([]);
  });
});

describe('formatExplanation', () => {
  it('tells the whole way on one screen', () => {
    const text = formatExplanation(ask('https://blog.localhost/x'), judge({}));
    expect(text).toBe(
      [
        'https://blog.localhost/x  → blog:web, port 8080',
        '  entry point  web-secure, port 8443/tcp (443 has to be forwarded to it), TLS',
        '  router       blog-web-8080@docker  projects/blog/ingress.yml:2:5',
        '  rule         Host(`blog.localhost`)  (priority 22, its length)',
        '  middlewares  default-headers@file → rate-limit@file',
        "  TLS          Traefik's own certificate",
        '  service      blog-web-8080@docker, blog:web, port 8080',
        '  containers   blog-web-1  healthy',
        '  Traefik      has it, 1 of 1 servers up',
        '  limit        500 requests a second from one client, 3000 at once; 429 beyond',
      ].join('\n'),
    );
  });

  it('tells who certifies it as Traefik has it, and from the sources alone who would be asked', () => {
    const row = anyRow({ place, domains: ['blog.example.com'] });
    const letsEncrypt = { ...settings.letsEncrypt, email: 'ops@example.com' };
    const own = {
      ...workspace,
      settings: { ...settings, letsEncrypt },
      projects: [{ ...blog, ingress: [row] }],
    };
    const parsed = parseQuestion('https://blog.example.com');
    if ('problem' in parsed) throw new Error(parsed.problem.message);
    const explanation = explain(parsed.question, own, routeWorkspace(own));
    const names = ['blog.example.com'];
    const text = "is Traefik's own: there is no resolver letsencrypt";
    const facts = { ...judge({}), certificates: [{ resolver: 'letsencrypt', names, text }] };
    expect(formatExplanation(explanation, facts)).toContain(`certificate ${text}`);
    expect(formatExplanation(explanation, judge({}))).toContain('certificate by letsencrypt');
  });

  it('ends with what to do', () => {
    const facts = judge({ listing: [] });
    expect(formatExplanation(ask('https://blog.localhost'), facts)).toContain(
      'error: blog:web has no container: it is not deployed\n  help: itsup deploy blog',
    );
    expect(formatExplanation(ask('https://blgo.localhost'), judge({}, 'https://blgo.localhost'))).toContain(
      'no router takes it: 404',
    );
  });

  it('says that no engine was asked', () => {
    const facts = judge({ engine: { reachable: false, reason: 'no Docker engine answers' }, served: null });
    expect(formatExplanation(ask('https://blog.localhost'), facts)).toMatch(
      /From the sources alone: no Docker engine answers$/,
    );
  });
});
