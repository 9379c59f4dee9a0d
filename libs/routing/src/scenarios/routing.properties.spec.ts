import fc from 'fast-check';
import { labelsOf } from '../labels/labels';
import type { ProjectRouting } from '../model';
import { routeProject } from '../route-project';
import { routeWorkspace } from '../route-workspace';
import { parseRule, type Rule } from '../rule/parse';
import { anyProjects, anyRow, anyShuffle, projectOf, shuffledProjects, soundRow } from '../testing/any-rows';
import { settings, workspace } from '../testing/build';

function failed({ problems }: Pick<ProjectRouting, 'problems'>): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

/** Matchers with their values, in the order they stand in the rule. */
function matchers(tree: Rule): string[] {
  if (tree.kind === 'matcher') return [`${tree.name} ${tree.values.join(' ')}`];
  return tree.kind === 'not' ? matchers(tree.rule) : [...matchers(tree.left), ...matchers(tree.right)];
}

describe('any list of rows', () => {
  it('gives errors, or one route a row with names of their own and rules that parse', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 6 }), (rows) => {
        const routing = routeProject(projectOf('blog', rows), settings());
        if (!failed(routing)) expect(routing.routes).toHaveLength(rows.length);
        const names = routing.routes.flatMap(({ routers }) => Object.keys(routers));
        expect(new Set(names).size).toBe(names.length);
        for (const { kind, routers } of routing.routes) {
          for (const router of Object.values(routers)) {
            if (kind === 'udp') expect(router.rule).toBeUndefined();
            else expect(parseRule(router.rule ?? '', kind)).toHaveProperty('rule');
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never lets a value out of its place in a rule', () => {
    fc.assert(
      fc.property(anyRow, (shape) => {
        const source = projectOf('blog', [shape]);
        const [route] = routeProject(source, settings()).routes;
        const [row] = source.ingress;
        fc.pre(route !== undefined && row !== undefined && route.kind !== 'udp' && row.rule === null);
        const parsed = parseRule(route.routers[route.serviceName]?.rule ?? '', route.kind);
        const host = route.kind === 'http' ? 'Host' : 'HostSNI';
        const hosts = [...new Set(row.domains.map((each) => each.toLowerCase()))].map(
          (each) => `${host} ${each}`,
        );
        // Reading refuses a path on any other kind.
        const paths =
          row.pathPrefix === null || route.kind !== 'http' ? [] : [`PathPrefix ${row.pathPrefix}`];
        const everything = route.kind === 'http' ? 'PathPrefix /' : 'HostSNI *';
        const wanted = [...hosts, ...paths];
        expect('rule' in parsed && matchers(parsed.rule)).toEqual(wanted.length > 0 ? wanted : [everything]);
      }),
      { numRuns: 1000 },
    );
  });

  it('never lets a value out of its place in a label', () => {
    const key =
      /^traefik\.(enable|docker\.network|(http|tcp|udp)\.(routers|services|middlewares)\.[a-z0-9-]+\.[a-z]+(\.[a-z]+|\[0\]\.(main|sans))*(\.custom\w+headers\.[A-Za-z0-9_-]+)?)$/;
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 4 }), (rows) => {
        const { routes } = routeProject(projectOf('blog', rows), settings());
        for (const route of routes) {
          for (const [label, value] of Object.entries(labelsOf(route))) {
            if (!label.includes('.headers.')) expect(label).toMatch(key);
            expect(label).toMatch(/^[\w.[\]-]+$/);
            expect(value).not.toMatch(/[\n\r\0]/);
            if (label.endsWith('.middlewares')) {
              expect(value.split(',').every((name) => /^[\w.-]+(@\w+)?$/.test(name))).toBe(true);
            }
            if (label.endsWith('.sourcerange')) expect(value).toMatch(/^[0-9a-f.:/,]+$/i);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('means the same in any order of rows and projects', () => {
    fc.assert(
      fc.property(anyProjects, anyShuffle, (shapes, shuffle) => {
        const sources = shapes.map(({ name, rows, egress }) => projectOf(name, rows, egress));
        const again = shuffledProjects(sources, shuffle);
        expect(JSON.stringify(routeWorkspace(workspace(again)))).toBe(
          JSON.stringify(routeWorkspace(workspace(sources))),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('of several projects gives a conflict, or names that no two routes share', () => {
    const rows = fc.array(soundRow, { maxLength: 3 });
    fc.assert(
      fc.property(rows, rows, (one, two) => {
        const routing = routeWorkspace(workspace([projectOf('a', one), projectOf('a-web', two)]));
        const names = routing.projects.flatMap(({ routes }) => routes.map(({ serviceName }) => serviceName));
        expect(new Set(names).size === names.length || failed(routing)).toBe(true);
      }),
    );
  });
});
