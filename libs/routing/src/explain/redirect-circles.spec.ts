import type { IngressRow, Problem } from '@itsup/config';
import { rowContext } from '../row/context';
import { routeRow } from '../row/route-row';
import { codes, externalProject, project, routeOne, workspace } from '../testing/build';
import { routeProject } from '../route-project';
import { routeWorkspace } from '../route-workspace';
import { redirectCircles } from './redirect-circles';

const CODE = 'redirect-circle';

describe('a redirect that comes back', () => {
  test('to the row’s own name', () => {
    const { problems } = routeOne({ domains: ['a.example.com'], redirectTo: 'A.example.com' });
    expect(problems.map(({ code, severity, place }) => [code, severity, place?.line])).toEqual([
      [CODE, 'error', 2],
    ]);
  });

  test('below a path that it keeps', () => {
    expect(
      codes(routeOne({ domains: ['a.example.com'], pathPrefix: '/old', redirectTo: 'a.example.com' })),
    ).toEqual([CODE]);
  });

  test('to a URL of its own, on the port that visitors use', () => {
    expect(
      codes(routeOne({ domains: ['a.example.com'], redirectTo: 'https://a.example.com/new?x=1' })),
    ).toEqual([CODE]);
  });

  test('by way of another row', () => {
    const found = routeProject(
      project('blog', {
        rows: [
          { domains: ['a.example.com'], redirectTo: 'b.example.com' },
          { domains: ['b.example.com'], redirectTo: 'https://a.example.com/' },
          { domains: ['c.example.com'], redirectTo: 'a.example.com' },
        ],
      }),
      workspace([]).settings,
    );
    expect(found.problems.map(({ code, place }) => [code, place?.line])).toEqual([[CODE, 3]]);
    expect(found.problems[0]?.related?.map(({ place }) => place.line)).toEqual([2]);
    expect(found.problems[0]?.message).toContain('a.example.com → b.example.com → a.example.com');
  });

  test('by way of the names that another row takes', () => {
    expect(
      codes(
        routeOne({
          domains: ['a.example.com'],
          redirectFrom: ['www.a.example.com'],
          redirectTo: 'www.a.example.com',
        }),
      ),
    ).toEqual([CODE]);
  });

  test('by way of another project, told at the last of them', () => {
    const one = project('one', { rows: [{ domains: ['a.example.com'], redirectTo: 'b.example.com' }] });
    const two = externalProject('two', '192.0.2.1', [
      { domains: ['b.example.com'], redirectTo: 'a.example.com' },
    ]);
    const routing = routeWorkspace(workspace([one, two]));
    expect(routing.projects.flatMap(codes)).toEqual([]);
    expect(routing.problems.flatMap(({ code, place }) => (code === CODE ? [place?.file] : []))).toEqual([
      'projects/two/ingress.yml',
    ]);
  });
});

describe('redirects by the thousands', () => {
  const MANY = 1500;
  const { settings } = workspace([]);

  /** A project for each row, routed by its rows alone. */
  const circlesOf = (rows: Partial<IngressRow>[]): Problem[] =>
    redirectCircles(
      rows.map((changes, at) => {
        const source = externalProject(`p${String(at).padStart(4, '0')}`, '192.0.2.1', [changes]);
        const context = rowContext(source, settings);
        const routes = source.ingress.flatMap((row) => routeRow(row, source.name, context) ?? []);
        const routing = {
          project: source.name,
          additions: [],
          networks: [],
          routes,
          edges: [],
          problems: [],
        };
        return { project: source, routing };
      }),
      settings,
    );

  test('are followed where they come back', () => {
    const round = Array.from({ length: MANY }, (_, at) => ({
      domains: [`${at}.example.com`],
      redirectFrom: [`www.${at}.example.com`],
      redirectTo: at === MANY - 1 ? 'www.0.example.com' : `${at + 1}.example.com`,
    }));
    const [circle, ...others] = circlesOf(round);
    expect(others).toEqual([]);
    expect(circle?.related).toHaveLength(MANY - 1);
  });

  test('are not followed where they end', () => {
    const ends = Array.from({ length: MANY }, (_, at) => ({
      domains: [`${at}.example.org`],
      redirectTo: at % 2 === 0 ? `${at + 1}.example.org` : `https://${at}.example.net/`,
    }));
    expect(circlesOf(ends)).toEqual([]);
  });
});

describe('a redirect that ends', () => {
  test.each([
    ['at another name', { redirectTo: 'b.example.com' }],
    ['outside its path', { pathPrefix: '/old', redirectTo: 'https://a.example.com/new' }],
    ['at another port', { redirectTo: 'https://a.example.com:9443/' }],
    ['at the shared port', { hostport: 9000, redirectTo: 'https://a.example.com/' }],
  ])('%s', (_, changes) => {
    expect(codes(routeOne({ domains: ['a.example.com'], ...changes }))).not.toContain(CODE);
  });

  test('at a row with a longer path', () => {
    const rows = [
      { domains: ['a.example.com'], redirectTo: 'https://a.example.com/app/' },
      { domains: ['a.example.com'], pathPrefix: '/app' },
    ];
    expect(codes(routeProject(project('blog', { rows }), workspace([]).settings))).toEqual([]);
  });
});
