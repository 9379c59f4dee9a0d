import { parse } from 'yaml';
import { projectArtifactPaths } from '../files/artifact';
import { renderProject } from './render-project';
import { additions, project, projectRouting, settings, shippedTemplates, withEmail } from '../testing/build';

const templates = shippedTemplates();
const routed = projectRouting({
  additions: [
    additions({
      service: 'web',
      labels: {
        'traefik.http.routers.blog-web-80.rule': 'Host(`a.example.com`) && PathRegexp(`^/${x}$`)',
        'traefik.http.routers.blog-web-80.tls.certresolver': 'letsencrypt',
        'traefik.http.routers.blog-web-81.tls.certresolver': 'dns',
        'traefik.enable': 'true',
      },
      traefikNetwork: '${COMPOSE_PROJECT_NAME}_default',
      networks: [{ name: 'proxynet', ipv4Address: '172.20.0.9' }],
      keepDefault: true,
      dns: ['172.20.0.253'],
    }),
    additions({ service: 'worker', networks: [{ name: 'blog--db--postgres' }, { name: 'proxy' }] }),
    additions({ service: 'part', traefikNetwork: '${COMPOSE_PROJECT_NAME}_default', keepDefault: true }),
  ],
  networks: [
    { key: 'blog--db--postgres', name: 'blog--db--postgres', kind: 'edge' },
    { key: 'proxy', name: null, kind: 'proxy' },
    { key: 'proxynet', name: 'proxynet', kind: 'proxynet' },
  ],
});

function render(
  ...[changes, of = withEmail(), source = templates]: [
    Parameters<typeof project>[0]?,
    ReturnType<typeof settings>?,
    typeof templates?,
  ]
) {
  const [main, ingress] = renderProject(project(changes), routed, of, source);
  return { main: parse(main?.text ?? '') as unknown, ingress: parse(ingress?.text ?? '') as unknown };
}

test('writes the two files of the project', () => {
  expect(renderProject(project(), routed, settings(), templates).map(({ path }) => path)).toEqual(
    projectArtifactPaths('blog'),
  );
});

test('includes the source with what is added to it', () => {
  expect(render().main).toEqual({
    include: [
      {
        project_directory: '../../projects/blog',
        path: ['../../projects/blog/docker-compose.yml', 'docker-compose.ingress.yml'],
      },
    ],
  });
});

test('repeats the name of the source and all of its files', () => {
  const files = ['projects/blog/compose.yaml', 'projects/blog/compose.override.yaml'];
  const [main] = renderProject(
    project({}, { name: '${NAME:-x}', files }),
    projectRouting(),
    settings(),
    templates,
  );
  expect(parse(main?.text ?? '')).toEqual({
    name: '${NAME:-x}',
    include: [
      expect.objectContaining({
        path: [...files.map((file) => `../../${file}`), 'docker-compose.ingress.yml'],
      }) as unknown,
    ],
  });
});

test('with paths: upstream, relative paths resolve beside the artifact', () => {
  expect(render({ paths: 'upstream' }).main).toMatchObject({ include: [{ project_directory: '.' }] });
});

test('adds labels, networks and resolvers; a dollar sign is doubled for Compose', () => {
  expect(render().ingress).toEqual({
    services: {
      web: {
        labels: {
          'traefik.http.routers.blog-web-80.rule': 'Host(`a.example.com`) && PathRegexp(`^/$${x}$$`)',
          'traefik.http.routers.blog-web-80.tls.certresolver': 'letsencrypt',
          'traefik.http.routers.blog-web-81.tls.certresolver': 'dns',
          'traefik.docker.network': '${COMPOSE_PROJECT_NAME}_default',
          'traefik.enable': 'true',
        },
        networks: { default: {}, proxynet: { ipv4_address: '172.20.0.9' } },
        dns: ['172.20.0.253'],
      },
      worker: { networks: { 'blog--db--postgres': {}, proxy: {} } },
      part: {
        labels: { 'traefik.docker.network': '${COMPOSE_PROJECT_NAME}_default' },
        networks: { default: {} },
      },
    },
    networks: {
      'blog--db--postgres': { name: 'blog--db--postgres', internal: true },
      proxy: { internal: true },
      proxynet: { name: 'proxynet', external: true },
    },
  });
});

test('without an e-mail the resolver is named only when a deploy says that there is one', () => {
  expect(render({}, settings()).ingress).toMatchObject({
    services: {
      web: {
        labels: {
          'traefik.http.routers.blog-web-80.tls.certresolver': '${ITSUP_CERT_RESOLVER:-}',
          'traefik.http.routers.blog-web-81.tls.certresolver': '${ITSUP_CERT_RESOLVER:+dns}',
        },
      },
    },
  });
});

test('a project without routes has an artifact all the same', () => {
  const [, ingress] = renderProject(project({ ingressFile: null }), projectRouting(), settings(), templates);
  expect(parse(ingress?.text ?? '')).toEqual({ services: {} });
});

test('an external project has none', () => {
  expect(renderProject(project({ kind: 'external', compose: null }), routed, settings(), templates)).toEqual(
    [],
  );
});

test('the template decides what an artifact looks like', () => {
  const edited = shippedTemplates((source, name) =>
    name === 'upstream/docker-compose.ingress.yml'
      ? source.replace('    labels:', '    restart: always\n    labels:')
      : source,
  );
  expect(render({}, withEmail(), edited).ingress).toMatchObject({ services: { web: { restart: 'always' } } });
});
