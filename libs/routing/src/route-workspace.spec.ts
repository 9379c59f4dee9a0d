import { routeProject } from './route-project';
import { routeWorkspace } from './route-workspace';
import { project, workspace } from './testing/build';

describe('routeWorkspace', () => {
  it('sorts projects and lists one entry point for each hostport and kind', () => {
    const routing = routeWorkspace(
      workspace([
        project('two', {
          rows: [
            { router: 'tcp', domains: ['a.org'], hostport: 25 },
            { router: 'udp', hostport: 25 },
          ],
        }),
        project('one', { rows: [{ router: 'tcp', domains: ['b.org'], hostport: 25 }, { hostport: 9000 }] }),
      ]),
    );
    expect(routing.projects.map((each) => each.project)).toEqual(['one', 'two']);
    expect(routing.entryPoints).toEqual([
      { name: 'http-9000', port: 9000, protocol: 'tcp', kind: 'http' },
      { name: 'tcp-25', port: 25, protocol: 'tcp', kind: 'tcp' },
      { name: 'udp-25', port: 25, protocol: 'udp', kind: 'udp' },
    ]);
    expect(routing.problems).toEqual([]);
  });

  it('takes outcomes that are at hand', () => {
    const blog = project('blog', { rows: [{ domains: ['a.org'] }] });
    const space = workspace([blog]);
    const ready = routeProject(blog, space.settings);
    const routing = routeWorkspace(space, new Map([['blog', ready]]));
    expect(routing.projects[0]).toBe(ready);
    expect(routing).toEqual(routeWorkspace(space));
  });

  it('does the same work for each project, however many there are', () => {
    const timed = (count: number): number => {
      const space = workspace(
        Array.from({ length: count }, (_, index) =>
          project(`p${index}`, {
            rows: [
              { domains: [`p${index}.acme.org`, 'www.acme.org'], pathPrefix: `/p${index}/` },
              { router: 'tcp', port: 25, domains: [`p${index}.acme.net`], hostport: 25 },
              { router: 'tcp', port: 99, hostport: 99 },
            ],
            egress: [`p${(index * 7) % count}:web`],
          }),
        ),
      );
      const routed = new Map(space.projects.map((each) => [each.name, routeProject(each, space.settings)]));
      const runs = [1, 2, 3].map(() => {
        const start = performance.now();
        routeWorkspace(space, routed);
        return performance.now() - start;
      });
      return Math.min(...runs);
    };
    timed(50);
    // Eight times the projects: quadratic work would take 64 times as long.
    expect(timed(800)).toBeLessThan(32 * Math.max(timed(100), 2));
  });
});
