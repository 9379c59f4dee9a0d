import type { Project } from '@itsup/config';
import { routeProject } from '../route-project';
import { project, settings } from '../testing/build';
import { ownershipAmong } from './ownership-among';
import { projectConflicts } from './project-conflicts';

/** A project that Compose calls so. */
function called(name: string, projectName?: string): Project {
  const one = project(name, { services: ['web'] });
  if (one.compose === null || projectName === undefined) return one;
  const place = { file: `projects/${name}/.env`, line: 3, column: 1 };
  return { ...one, compose: { ...one.compose, projectName, projectNamePlace: place } };
}

function conflictsOf(...projects: Project[]) {
  return projectConflicts(projects.map((one) => ({ project: one, routing: routeProject(one, settings()) })));
}

describe('projectConflicts', () => {
  it('are two folders of one name, whether it is written or the folder’s', () => {
    expect(conflictsOf(called('blog'), called('shop', 'blog'))).toMatchObject([
      {
        projects: ['blog', 'shop'],
        problem: {
          code: 'project-name-conflict',
          place: { file: 'projects/shop/.env', line: 3 },
          related: [{ place: { file: 'projects/blog/docker-compose.yml' } }],
        },
      },
    ]);
  });

  it('are told without the networks that both would have, for these follow from it', () => {
    const routed = [called('blog'), called('shop', 'blog')].map((one) => ({
      ...{ project: one, routing: routeProject(one, settings()) },
    }));
    const { conflicts } = ownershipAmong(routed, settings());
    const codes = conflicts.map(({ problem }) => problem.code);
    expect(codes).toContain('project-name-conflict');
    expect(codes).not.toContain('network-name-conflict');
  });

  it('are a project and the proxy', () => {
    expect(conflictsOf(called('shop', 'proxy'))).toMatchObject([
      { problem: { code: 'project-name-conflict' } },
    ]);
  });

  it('are none where the names differ', () => {
    expect(conflictsOf(called('blog', 'one'), called('one', 'two'), called('two'))).toMatchObject([{}]);
    expect(conflictsOf(called('blog', 'one'), called('shop', 'two'))).toEqual([]);
  });
});
