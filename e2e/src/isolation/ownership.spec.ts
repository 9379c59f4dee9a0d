import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { BACKEND, backendsListening, type BackendAnswer } from '../harness/traffic/backend';
import { http } from '../harness/traffic/clients';
import { containersOf } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { output, run, succeeded, type Run } from '../harness/run';
import { openTenants, site, type Tenant, type Tenants } from './tenants';

const VICTIM = 'victim.localhost';
const EVIL = 'evil.localhost';
const OTHER = 'other.localhost';
/** The Traefik service that the victim's row gives, without the project's prefix. */
const VICTIMS = `victim-web-${BACKEND.http}`;

/** Labels of a container that Traefik takes, and what a request for the victim comes to once they are there. */
interface LabelAttack {
  labels: (tenants: Tenants) => Record<string, string>;
  /** What the attack does where nothing stops it. */
  works: (seen: Set<string>) => boolean;
}

const LABELS: Record<string, LabelAttack> = {
  'a rule for every host, asked first': {
    labels: () => ({
      'traefik.http.routers.steal.rule': 'HostRegexp(`.+`)',
      'traefik.http.routers.steal.priority': '1000000000',
      'traefik.http.routers.steal.tls': 'true',
      [`traefik.http.services.steal.loadbalancer.server.port`]: String(BACKEND.http),
    }),
    works: (seen) => seen.has('evil.web') && !seen.has('victim.web'),
  },
  'a router with the domain of the victim': {
    labels: () => ({
      'traefik.http.routers.steal.rule': `Host(\`${VICTIM}\`)`,
      'traefik.http.routers.steal.priority': '100000',
      'traefik.http.routers.steal.tls': 'true',
      [`traefik.http.services.steal.loadbalancer.server.port`]: String(BACKEND.http),
    }),
    works: (seen) => seen.has('evil.web') && !seen.has('victim.web'),
  },
  'a server in the service of the victim': {
    labels: ({ workspace }) => ({
      [`traefik.http.services.${workspace.name(VICTIMS)}.loadbalancer.server.port`]: String(BACKEND.http),
    }),
    works: (seen) => seen.has('evil.web'),
  },
  'a router that has the name of the victim’s': {
    labels: ({ workspace }) => ({
      [`traefik.http.routers.${workspace.name(VICTIMS)}.rule`]: 'Host(`nothing`)',
      [`traefik.http.services.steal.loadbalancer.server.port`]: String(BACKEND.http),
    }),
    works: (seen) => seen.has('404'),
  },
  ...Object.fromEntries(
    Object.entries({
      'the domain of the victim with a dot at its end': { rule: `Host(\`${VICTIM}.\`)` },
      'a wildcard with a condition': { rule: 'Host(`*.localhost`) && Method(`GET`)' },
      'a rule in the syntax of Traefik 2': { rule: 'HostRegexp(`{any:.+}`)', rulesyntax: 'v2' },
    }).map(([what, router]): [string, LabelAttack] => [
      what,
      {
        labels: () => ({
          ...Object.fromEntries(
            Object.entries({ ...router, priority: '100000', tls: 'true' }).map(([key, value]) => [
              `traefik.http.routers.steal.${key}`,
              value,
            ]),
          ),
          [`traefik.http.services.steal.loadbalancer.server.port`]: String(BACKEND.http),
        }),
        works: (seen) => seen.has('evil.web') && !seen.has('victim.web'),
      },
    ]),
  ),
};

describeWithOwnEngine([], 'one project that takes what others have', () => {
  let tenants: Tenants;

  beforeAll(async () => {
    tenants = await openTenants({
      victim: { services: { web: {} }, ingress: [site('web', VICTIM)] },
      other: { services: { web: {} }, ingress: [site('web', OTHER)] },
    });
    await tenants.deploy('proxy', 'victim', 'other');
    await eventually(async () => expect(await answers(VICTIM)).toEqual(new Set(['victim.web'])));
  });
  afterAll(() => tenants?.dispose());

  /** Who answers some requests for a host: the name of the service, or the status of what is no answer of one. */
  async function answers(host: string, path = '/', count = 6): Promise<Set<string>> {
    const port = tenants.workspace.ports.webSecure;
    const seen = new Set<string>();
    for (let index = 0; index < count; index += 1) {
      const { status, body } = await http({ port, host, path, tls: true });
      seen.add(status === 200 ? (JSON.parse(body) as BackendAnswer).name : String(status));
    }
    return seen;
  }

  /** Deploys everything. */
  function deployAll(): Promise<Run> {
    const { workspace } = tenants;
    const projects = ['victim', 'other', 'evil'].map((folder) => workspace.name(folder));
    return workspace.nx(['run-many', '-t', 'deploy', '-p', ['proxy', ...projects].join(',')]);
  }

  /** The attacker's project as it is written is refused, alone: nothing of it runs, and everybody else goes on. */
  async function expectRefused(evil: Tenant, code: RegExp): Promise<void> {
    const { workspace } = tenants;
    await tenants.write('evil', { rows: {}, ...evil });
    // A change of somebody else's, which has to arrive all the same.
    const mark = `change-${Date.now()}`;
    await tenants.write('other', {
      services: { web: { labels: { mark } } },
      ingress: [site('web', OTHER)],
    });
    const deployed = await deployAll();
    expect(deployed.exitCode).not.toBe(0);
    expect(deployed.all).toMatch(code);
    expect(deployed.all).toMatch(new RegExp(`projects/${workspace.name('evil')}/[\\w.-]+:\\d+:\\d+: error`));
    expect(await containersOf(workspace.name('evil'))).toEqual([]);
    const other = await tenants.container('other', 'web');
    const label = ['inspect', '--format', '{{index .Config.Labels "mark"}}', other.id];
    expect(await output('docker', label)).toBe(mark);
    await backendsListening([workspace.name('other')]);
    expect(await answers(VICTIM)).toEqual(new Set(['victim.web']));
    expect(await answers(OTHER)).toEqual(new Set(['other.web']));
  }

  describe.each(Object.entries(LABELS))('by the labels of %s', (_, { labels, works }) => {
    it('takes it where nothing is asked', async () => {
      const all = { 'traefik.enable': 'true', ...labels(tenants) };
      const flags = Object.entries(all).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
      const id = await output('docker', [
        'run',
        '--detach',
        '--env',
        'NAME=evil.web',
        ...flags,
        tenants.image,
      ]);
      try {
        await eventually(async () => expect(works(await answers(VICTIM, '/', 12))).toBe(true));
      } finally {
        await run('docker', ['rm', '--force', id]);
      }
      await eventually(async () => expect(await answers(VICTIM)).toEqual(new Set(['victim.web'])));
    });

    it('is refused, and the victim serves on', async () => {
      const all = { 'traefik.enable': 'true', ...labels(tenants) };
      await expectRefused(
        { services: { web: { labels: all } } },
        /(claim|takes requests|defines the|takes it with priority|syntax of Traefik 2)/,
      );
    });
  });

  it.each<[string, object]>([
    [
      'for every host',
      { service: 'web', rule: 'HostRegexp(`.+`)', priority: 1_000_000_000, port: BACKEND.http },
    ],
    ['with the domain of the victim', site('web', VICTIM)],
    [
      'for some requests of the victim',
      { service: 'web', rule: `Host(\`${VICTIM}\`) && Method(\`GET\`)`, port: BACKEND.http },
    ],
    [
      'for the proofs of certificates of the victim',
      site('web', VICTIM, { path_prefix: '/.well-known/acme-challenge' }),
    ],
  ])('is refused with a row %s', async (_, row) => {
    await expectRefused({ services: { web: {} }, ingress: [row] }, /(claim|takes requests)/);
  });

  it('is refused with a label whose name only Compose knows', async () => {
    const labels = [
      'traefik.enable=true',
      `\${NAME_OF_LABEL:-traefik.http.routers.steal.rule}=Host(\`${VICTIM}\`)`,
      'traefik.http.routers.steal.tls=true',
      'traefik.http.routers.steal.priority=100000',
      `traefik.http.services.steal.loadbalancer.server.port=${BACKEND.http}`,
    ];
    await expectRefused({ services: { web: { labels } } }, /claim victim\.localhost/);
  });

  it('is told of a path below the domain of the victim, and refused once the host is strict', async () => {
    const { workspace } = tenants;
    const login = site('web', VICTIM, { path_prefix: '/login' });
    const evil = { services: { web: {} }, ingress: [login, site('web', EVIL)] };
    const settings = await workspace.read('projects/itsup.yml');
    await workspace.write('projects/itsup.yml', `${settings}isolation: strict\n`);
    await expectRefused(evil, /does not say that it may/);
    expect(await answers(VICTIM, '/login')).toEqual(new Set(['victim.web']));
    const consent = { exports: { paths: { '/login': [workspace.name('evil')] } } };
    await tenants.write('victim', { services: { web: {} }, ingress: [site('web', VICTIM)], rows: consent });
    succeeded(await deployAll());
    await eventually(async () => expect(await answers(VICTIM, '/login')).toEqual(new Set(['evil.web'])));
    expect(await answers(VICTIM)).toEqual(new Set(['victim.web']));
    await tenants.write('victim', { services: { web: {} }, ingress: [site('web', VICTIM)] });
    await workspace.write('projects/itsup.yml', settings);
    const plan = succeeded(await workspace.itsup(['plan'])).all;
    expect(plan).toMatch(/serves victim\.localhost\/login, below a domain of/);
    succeeded(await workspace.itsup(['down', workspace.name('evil')]));
  });

  describe('on this host', () => {
    /** Replaces the attacker's project by a host outside Docker. */
    async function expectExternalRefused(ingress: object): Promise<void> {
      const { workspace } = tenants;
      const evil = workspace.name('evil');
      await workspace.remove(`projects/${evil}`).catch(() => undefined);
      await workspace.write(
        `projects/${evil}/ingress.yml`,
        JSON.stringify({ host: '127.0.0.1', ingress: [ingress] }),
      );
      const deployed = await deployAll();
      expect(deployed.exitCode).not.toBe(0);
      expect(deployed.all).toMatch(/a route must not lead there/);
      expect(await answers(EVIL)).toEqual(new Set(['404']));
      expect(await answers(VICTIM)).toEqual(new Set(['victim.web']));
      await workspace.remove(`projects/${evil}`);
    }

    it.each([
      ['the engine’s API', { domain: EVIL, port: 2375 }],
      ['Traefik’s API', { domain: EVIL, port: 26_482 }],
      ['the engine’s API by TCP', { router: 'tcp', hostport: 7777, port: 2375, proxyprotocol: null }],
    ])('is refused with a row to %s', async (_, row) => {
      await expectExternalRefused(row);
    });

    it('is refused with a label for the API of Traefik', async () => {
      const labels = {
        'traefik.enable': 'true',
        'traefik.http.routers.api.rule': `Host(\`${EVIL}\`)`,
        'traefik.http.routers.api.service': 'api@internal',
        'traefik.http.routers.api.tls': 'true',
      };
      await expectRefused({ services: { web: { labels } } }, /api@internal is Traefik's own/);
      expect(await answers(EVIL)).toEqual(new Set(['404']));
    });
  });

  it('names both in validate, where nobody knows what is deployed', async () => {
    const { workspace } = tenants;
    await tenants.write('evil', { services: { web: {} }, ingress: [site('web', VICTIM)] });
    const { exitCode, all } = await workspace.itsup(['validate']);
    expect(exitCode).toBe(1);
    expect(all).toContain(`projects/${workspace.name('evil')}/ingress.yml`);
    expect(all).toContain(`projects/${workspace.name('victim')}/ingress.yml`);
    await workspace.remove(`projects/${workspace.name('evil')}`);
  });
});
