import { createHash } from 'node:crypto';
import { recipes, type Recipe } from '@itsup/config/testing/recipes';
import { parse, stringify } from 'yaml';

import { http, type HttpAnswer } from '../harness/traffic/clients';
import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { BUSYBOX, WHOAMI } from '../harness/engine/images';
import { succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

const COMPOSE = stringify({ services: { web: { image: WHOAMI } } });
const PASSWORD = 'a long password';
const basic = (password: string): string => `Basic ${Buffer.from(`alice:${password}`).toString('base64')}`;

type Ask = (
  host: string,
  path?: string,
  headers?: Record<string, string>,
  method?: string,
) => Promise<HttpAnswer>;

/** What a visitor sees of each recipe, by the beginning of its title. */
const SEEN: Record<string, (ask: Ask, secure: number) => Promise<void>> = {
  'www to the bare name 1': async (ask, secure) => {
    expect((await ask('example.com')).status).toBe(200);
    const { status, headers } = await ask(`www.example.com:${secure}`, '/a/b?c=1');
    expect([status, headers.location]).toEqual([301, `https://example.com:${secure}/a/b?c=1`]);
  },
  'www to the bare name 2': async (ask) => {
    const { status, headers } = await ask('old.example.com', '/a?b=1');
    expect([status, headers.location]).toEqual([301, 'https://example.com/a?b=1']);
  },
  Compression: async (ask) => {
    const { headers } = await ask('example.com', '/data?size=20&unit=KB', { 'accept-encoding': 'gzip' });
    expect(headers['content-encoding']).toBe('gzip');
    expect((await ask('example.com', '/data?size=20&unit=KB')).headers['content-encoding']).toBeUndefined();
  },
  'A password': async (ask) => {
    expect((await ask('private.example.com')).status).toBe(401);
    expect((await ask('private.example.com', '/', { authorization: basic('another') })).status).toBe(401);
    const inside = await ask('private.example.com', '/', { authorization: basic(PASSWORD) });
    expect(inside.status).toBe(200);
    expect(inside.body).not.toContain('Authorization');
  },
  'How large an upload may be 1': async (ask) => {
    expect((await ask('example.com', '/', {}, 'POST')).status).toBe(200);
    const large = { 'content-length': String(104857601) };
    expect((await ask('example.com', '/', large, 'POST')).status).toBe(413);
  },
  'A site that one page may show': async (ask) => {
    const { headers } = await ask('dashboard.example.com');
    expect(headers['content-security-policy']).toBe('frame-ancestors https://home.example.com');
    expect(headers['x-frame-options']).toBeUndefined();
  },
  'A limit for one page': async (ask) => {
    const logins = await Promise.all(Array.from({ length: 40 }, () => ask('example.com', '/login')));
    expect(logins.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(15);
    // One of the twenty was the deploy's own.
    expect(logins.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(19);
    expect((await ask('example.com', '/')).status).toBe(200);
  },
  'A migration before the switch': async (ask) => {
    expect((await ask('site.example.com')).status).toBe(200);
  },
  'Websockets, and a long drain': async (ask) => {
    expect((await ask('site.example.com')).status).toBe(200);
  },
};

/** Recipes of which every image is here: others are read by a test of the routes alone. */
function isRunHere({ files }: Recipe): boolean {
  return Object.entries(files)
    .filter(([path]) => path.endsWith('/docker-compose.yml'))
    .every(([, text]) => {
      const { services = {} } = parse(text) as { services?: Record<string, { image?: string }> };
      return Object.values(services).every(({ image }) => image === WHOAMI);
    });
}

/** Who decides in the recipe is a service of somebody else. */
const OF_ANOTHER_SERVICE = 'One sign-on for several projects';

describeWithOwnEngine([BUSYBOX, WHOAMI], 'the recipe', () => {
  let workspace: TestWorkspace;
  let site: string;

  beforeAll(async () => {
    workspace = await createWorkspace();
    site = workspace.name('site');
  }, 120_000);
  afterAll(() => workspace?.dispose());

  const ask: Ask = (host, path = '/', headers = {}, method = 'GET') =>
    http({ port: workspace.ports.webSecure, tls: true, host, path, headers, method });

  /** The files of a recipe under the names of this workspace, beside its entry points. */
  async function write({ files }: Recipe): Promise<void> {
    for (const file of ['middlewares.yml', 'traefik.yml'])
      await workspace.write(`projects/${file}`, files[`projects/${file}`] ?? '');
    const { traefik = {} } = (parse(files['projects/itsup.yml'] ?? '') ?? {}) as { traefik?: object };
    const { web, webSecure } = workspace.ports;
    const entryPoints = { web, 'web-secure': webSecure };
    await workspace.write('projects/itsup.yml', stringify({ traefik: { ...traefik, entryPoints } }));
    const rows = stringify({ ingress: [{ service: 'web', domain: 'site.example.com', port: 80 }] });
    const own = { 'projects/site/docker-compose.yml': COMPOSE, 'projects/site/ingress.yml': rows, ...files };
    for (const [path, text] of Object.entries(own)) {
      if (path.startsWith('projects/site/'))
        await workspace.write(path.replace('projects/site/', `projects/${site}/`), text);
    }
    const hash = createHash('sha1').update(PASSWORD).digest('base64');
    await workspace.write(`secrets/${site}.env`, `SITE_USERS='alice:{SHA}${hash}'\n`);
  }

  const run = recipes().filter((recipe) => isRunHere(recipe) && !recipe.title.startsWith(OF_ANOTHER_SERVICE));

  it.each(run)(
    '$title does what it says',
    async (recipe) => {
      await write(recipe);
      succeeded(await workspace.itsup(['deploy'], { timeoutMs: 280_000 }));
      const [, seen] = Object.entries(SEEN).find(([title]) => recipe.title.startsWith(title)) ?? [];
      if (seen === undefined) throw new Error(`nobody says what is to be seen of ${recipe.title}`);
      await seen(ask, workspace.ports.webSecure);
    },
    400_000,
  );

  it('is run where nothing else is needed', () => {
    expect(run.map(({ title }) => title)).toHaveLength(Object.keys(SEEN).length);
  });
});
