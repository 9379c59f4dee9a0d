import { readWorkspace } from '@itsup/config';
import { join } from 'node:path';
import { routeWorkspace } from '../route-workspace';

const TREE = join(__dirname, '../../../config/src/__fixtures__/itsup-tree');

describe('a tree of itsUP as it is', () => {
  it('is read and routed without an error, every row one route', async () => {
    const workspace = await readWorkspace(TREE);
    const { projects, problems, entryPoints } = routeWorkspace(workspace);
    const ofProjects = projects.flatMap((project) => project.problems);
    const found = [...workspace.problems, ...ofProjects, ...problems];

    expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(found.map(({ code, place }) => `${place?.file}:${place?.line} ${code}`)).toEqual([
      'projects/traefik.yml:8 client-address',
      'projects/blog/ingress.yml:15 shared-network',
      'projects/mail/itsup-project.yml:7 proxyprotocol-default',
      'projects/postgres/itsup-project.yml:8 allows-a-proxy',
      'projects/blog/ingress.yml:17 egress-without-consent',
    ]);
    expect(
      projects.flatMap(({ routes }) =>
        routes.map(({ project, kind, via, serviceName }) => `${project} ${kind} ${via} ${serviceName}`),
      ),
    ).toEqual([
      'blog http labels blog-web-2368',
      'blog http labels blog-web-2368-22663ef4',
      'games udp file games-server-27015',
      'games http file games-voice-8080',
      'home tcp file home-host-443',
      'home http file home-host-80',
      'mail tcp file mail-mail-25',
      'mail tcp file mail-mail-993',
      'nas http file nas-host-5000',
      'nas http file nas-host-5000-38f71b35',
      'postgres tcp file postgres-postgres-5432',
      'vault tcp file vault-vault-8200',
    ]);
    expect(entryPoints.map(({ name }) => name)).toEqual(['http-9000', 'tcp-25', 'tcp-5432', 'udp-27015']);
    expect(projects.flatMap(({ edges }) => edges.map(({ network }) => network))).toEqual([
      'blog--postgres--postgres-postgres',
    ]);
  });
});
