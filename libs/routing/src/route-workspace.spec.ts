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
});
