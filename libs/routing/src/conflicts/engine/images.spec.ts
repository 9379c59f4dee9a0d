import type { Project, ServiceFacts, Settings } from '@itsup/config';
import { routeWorkspace } from '../../route-workspace';
import { project, service, workspace } from '../../testing/build';

const found = (projects: Project[], set: Partial<Settings> = {}): string[] => {
  const { problems, projects: routed } = routeWorkspace(workspace(projects, set));
  return [...problems, ...routed.flatMap((each) => each.problems)].map(
    ({ code, severity, message }) => `${severity} ${code}: ${message}`,
  );
};
const STRICT: Partial<Settings> = { isolation: 'strict' };

const runs = (name: string, image: string): Project =>
  project(name, { services: [service('web', { image })] });
const builds = (name: string, image: string | null, more: Partial<ServiceFacts> = {}): Project =>
  project(name, { services: [service('web', { image, hasBuild: true, ...more })] });

describe('images by their names on the engine', () => {
  test('are shared by all who only run them', () => {
    expect(found([runs('a', 'postgres:16'), runs('b', 'postgres:16')], STRICT)).toEqual([]);
  });

  test('that two projects build without a name are two', () => {
    expect(found([builds('a', null), builds('b', null)], STRICT)).toEqual([]);
  });

  test.each([
    ['acme/app:1', builds('b', 'docker.io/acme/app:1')],
    ['nginx', builds('b', 'library/nginx:latest')],
    ['acme/app:1', builds('b', 'own:1', { buildTags: ['acme/app:1'] })],
    ['b-web', builds('b', null)],
    ['acme/app:1', builds('b', '${IMAGE:-acme/app}:1')],
  ])('%s is not built by another project when isolation is strict, and is told before', (image, builder) => {
    expect(found([runs('a', image), builder])).toEqual([
      expect.stringMatching(/^note image-shared: b:web is built as .*, which a:web would run from then on$/),
    ]);
    expect(found([runs('a', image), builder], STRICT)).toEqual([
      expect.stringMatching(/^error image-conflict: b:web is built as /),
    ]);
  });

  test('of the proxy are nobody’s to build', () => {
    const [traefik] = found([builds('a', 'traefik:v3.7.9')], { versions: VERSIONS });
    expect(traefik).toMatch(
      /^error image-conflict: a:web is built as traefik:v3\.7\.9, which the proxy would run/,
    );
    expect(found([builds('a', 'itsup-dns:abc')])).toHaveLength(1);
    expect(found([runs('a', 'traefik:v3.7.9')], { versions: VERSIONS })).toEqual([]);
  });
});

const VERSIONS = {
  traefik: 'v3.7.9',
  dockerproxy: '1.13.1',
  dns: '1.14.7',
  crowdsec: 'v1.7.3',
  crowdsecPlugin: 'v1.7.1',
};
