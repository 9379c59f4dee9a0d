import type { Exports, ExportEntry } from '@itsup/config';
import { edgeNetwork } from './edges';
import type { WorkspaceRouting } from '../model';
import { routeProject } from '../route-project';
import { routeWorkspace } from '../route-workspace';
import { codes, externalProject, project, service, settings, workspace } from '../testing/build';

const PLACE = { file: 'projects/db/docker-compose.yml', line: 4, column: 3 };
const db = project('db', {
  services: ['postgres', service('tunnel', { networkMode: 'host', place: PLACE })],
});

function shop(...egress: string[]): ReturnType<typeof project> {
  return project('shop', { services: ['web'], egress });
}

const errorsOf = ({ problems }: WorkspaceRouting) => problems.filter(({ severity }) => severity === 'error');

describe('egress', () => {
  it('to a service of another project is an edge with a network', () => {
    const routing = routeWorkspace(workspace([shop('db:postgres'), db]));
    expect(errorsOf(routing)).toEqual([]);
    expect(routing.projects.flatMap(({ edges }) => edges)).toMatchObject([
      { consumer: 'shop', provider: 'db', service: 'postgres', network: 'shop--db--postgres' },
    ]);
  });

  it('takes the container’s name as itsUP did, and keeps the network’s name', () => {
    const routing = routeWorkspace(workspace([shop('db:db-postgres'), db]));
    expect(errorsOf(routing)).toEqual([]);
    expect(routing.projects.flatMap(({ edges }) => edges)).toMatchObject([
      { service: 'postgres', network: 'shop--db--db-postgres' },
    ]);
  });

  it.each<[string, string, { message: string; place: { file: string } }[] | undefined]>([
    ['bd:postgres', 'egress-unknown-project', undefined],
    [
      'db:postgers',
      'egress-unknown-service',
      [{ message: 'the services of db are in this file', place: { file: 'projects/db/docker-compose.yml' } }],
    ],
    [
      'db:tunnel',
      'egress-network-mode',
      [{ message: 'db:tunnel is here', place: { file: 'projects/db/docker-compose.yml' } }],
    ],
    [
      'nas:web',
      'egress-to-external',
      [{ message: 'nas is a host outside Docker by this file', place: { file: 'projects/nas/ingress.yml' } }],
    ],
    [
      'old:web',
      'egress-to-disabled',
      [{ message: 'old is disabled by this file', place: { file: 'projects/old/ingress.yml' } }],
    ],
  ])('to %s is a problem of the consumer that names the provider’s file: %s', (target, code, related) => {
    const nas = externalProject('nas', '10.0.0.9', []);
    const old = project('old', { services: ['web'], enabled: false });
    const { problems } = routeWorkspace(workspace([shop(target), db, nas, old]));
    // A host outside Docker is reached without an edge.
    const severity = target === 'nas:web' ? 'warning' : 'error';
    expect(problems).toMatchObject([
      { code, severity, project: 'shop', place: { file: 'projects/shop/ingress.yml', line: 50 } },
    ]);
    expect(problems[0]?.related).toEqual(
      related?.map(({ message, place }) => ({ message, place: expect.objectContaining(place) })),
    );
  });

  it('suggests what was meant', () => {
    expect(routeWorkspace(workspace([shop('db:postgers'), db])).problems).toMatchObject([
      { help: 'did you mean postgres?' },
    ]);
  });

  it('finds a service by its name without the project’s, as itsUP names it', () => {
    const chatbot = project('ai-chatbot', { services: ['ai-chatbot-redis'] });
    const routing = routeWorkspace(workspace([shop('ai-chatbot:redis'), chatbot]));
    expect(errorsOf(routing)).toEqual([]);
    expect(routing.projects.flatMap(({ edges }) => edges)).toMatchObject([
      { service: 'ai-chatbot-redis', network: 'shop--ai-chatbot--redis' },
    ]);
  });

  it('to itself, twice, or of nobody is told by the project alone', () => {
    expect(codes(routeProject(shop('shop:web'), settings()))).toEqual(['egress-to-self']);
    expect(codes(routeProject(shop('db:postgres', 'db:postgres'), settings()))).toEqual(['egress-twice']);
    const host = project('shop', {
      services: [service('web', { networkMode: 'host' })],
      egress: ['db:postgres'],
    });
    expect(codes(routeProject(host, settings()))).toEqual(['egress-network-mode']);
    const taken = project('shop', {
      services: ['web'],
      egress: ['db:postgres'],
      networks: ['shop--db--postgres'],
    });
    expect(codes(routeProject(taken, settings()))).toEqual(['network-name-taken']);
  });

  it('in a circle is told to each of them, and the first by name waits for nobody', () => {
    const link = (name: string, ...egress: string[]): ReturnType<typeof project> =>
      project(name, { services: ['web'], egress: egress.map((each) => `${each}:web`) });
    const routing = routeWorkspace(
      workspace([link('b', 'c'), link('c', 'a'), link('a', 'b'), link('x', 'a'), link('y')]),
    );
    expect(errorsOf(routing)).toEqual([]);
    const told = routing.problems.filter(({ severity }) => severity === 'warning');
    expect(told).toMatchObject(
      ['a', 'b', 'c'].map((name) => ({
        code: 'egress-circle',
        project: name,
        message: 'egress goes round in a circle: b → c → a → b',
        help: 'a is deployed first, without waiting for b, then c: each must start without the other',
        place: { file: `projects/${name}/ingress.yml` },
      })),
    );
    const edges = routing.projects.flatMap((each) => each.edges);
    expect(edges.filter(({ unordered }) => unordered).map(({ network }) => network)).toEqual(['a--b--web']);
  });

  it('in a long chain is no circle', () => {
    const chain = Array.from({ length: 3000 }, (_, index) =>
      project(`p${index}`, { services: ['web'], egress: index > 0 ? [`p${index - 1}:web`] : [] }),
    );
    expect(errorsOf(routeWorkspace(workspace(chain)))).toEqual([]);
  });
});

describe('edgeNetwork', () => {
  it('is cut to 63 characters, and still one for each edge', () => {
    expect(edgeNetwork('a', 'b', 'c')).toBe('a--b--c');
    const long = 'x'.repeat(40);
    const names = [edgeNetwork(long, long, 'a'), edgeNetwork(long, long, 'b')];
    expect(names.map((name) => name.length)).toEqual([63, 63]);
    expect(names[0]).not.toBe(names[1]);
  });
});

describe('exports', () => {
  const place = { file: 'projects/db/ingress.yml', line: 1, column: 1 };
  const entry = (name: string, ...projects: string[]): ExportEntry => ({ name, projects, place });
  const exporting = (services: ExportEntry[]): ReturnType<typeof project> => {
    const exports: Exports = { place, services, paths: [] };
    return { ...db, exports };
  };
  const found = (provider: ReturnType<typeof project>, isolation: 'standard' | 'strict' = 'standard') =>
    routeWorkspace(workspace([shop('db:postgres'), provider], { isolation })).problems.map(
      ({ code, severity, project: whose }) => `${severity} ${code} of ${whose}`,
    );

  it('are said to be missing where a project is reached without them, and asked for when isolation is strict', () => {
    expect(found(db)).toEqual(['note egress-without-consent of shop']);
    expect(found(db, 'strict')).toEqual(['error egress-not-exported of shop']);
  });

  it('let in whom they name, by either name of the service, and nobody else', () => {
    expect(found(exporting([entry('postgres', 'shop')]), 'strict')).toEqual([]);
    expect(found(exporting([entry('db-postgres', 'shop')]), 'strict')).toEqual([]);
    expect(found(exporting([]))).toEqual(['error egress-not-exported of shop']);
    expect(found(exporting([entry('tunnel', 'shop')]))).toEqual(['error egress-not-exported of shop']);
  });

  it('name what is there', () => {
    expect(found(exporting([entry('postgres', 'shop', 'ship'), entry('postgers', 'shop')]))).toEqual([
      'warning exports-unknown-project of db',
      'warning exports-unknown-service of db',
    ]);
  });
});
