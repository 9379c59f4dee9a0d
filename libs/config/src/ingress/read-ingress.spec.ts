import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixture, meant, outline, readFixture } from '../testing/fixtures';
import { row as anyRow } from '../testing/model';

describe('an ingress file', () => {
  test('of few words gets the defaults', async () => {
    const { project, problems } = await readFixture('container', 'blog');
    expect(problems).toEqual([]);
    expect(project).toMatchObject({
      kind: 'container',
      enabled: true,
      paths: 'source',
      host: null,
      ingressFile: 'projects/blog/ingress.yml',
      files: ['projects/blog/docker-compose.yml', 'projects/blog/ingress.yml'],
    });
    const [row] = project.ingress;
    expect({ ...row, place: null, places: null }).toEqual({
      ...anyRow({ domains: ['blog.example.com'] }),
      place: null,
      places: null,
    });
    expect(project.egress).toEqual([
      {
        consumer: 'blog',
        provider: 'db',
        service: 'postgres',
        place: expect.objectContaining({ line: 4, column: 10 }),
      },
    ]);
  });

  test('takes every key, YAML 1.1 booleans, numbers in quotes and keys without a value', async () => {
    const { project, problems } = await readFixture('all-keys');
    expect(problems).toEqual([]);
    expect(project).toMatchObject({ enabled: false, paths: 'upstream' });
    const [first, second, third] = project.ingress;
    expect({ ...first, place: null, places: null }).toEqual({
      ...anyRow(),
      place: null,
      places: null,
      service: 'web',
      router: 'http',
      domains: ['example.com', 'www.example.com'],
      resolver: 'dns',
      port: 5432,
      pathPrefix: '/api',
      pathRemove: true,
      hostport: 15432,
      passthrough: false,
      protocol: 'tcp',
      proxyProtocol: null,
      proxyProtocolIsDefault: false,
      middleware: ['rate-limit', 'auth@docker'],
      allowSourceIps: ['10.0.0.0/8', '2001:db8::1'],
      ipv4Address: '172.20.0.50',
      dns: ['127.0.0.11'],
      priority: 7,
      rule: 'Host(`example.com`)',
      allowEncodedSlashes: false,
      sticky: true,
      headers: { request: { 'X-A': '1' }, response: { 'X-B': '' } },
      scheme: 'h2c',
    });
    expect(second).toMatchObject({ router: 'udp', protocol: 'udp', hostport: 53, domains: [] });
    expect(third).toMatchObject({ router: 'tcp', proxyProtocol: 2, proxyProtocolIsDefault: true });
  });

  test('knows the place of the row and of each value', async () => {
    const { project } = await readFixture('all-keys');
    const [row] = project.ingress;
    const text = readFileSync(join(fixture('all-keys'), 'projects/app/ingress.yml'), 'utf8').split('\n');
    expect(row?.place).toMatchObject({ line: 4, column: 5, text: text[3] });
    const at = (key: string) => {
      const place = row?.places[key];
      return place?.text?.slice(place.column - 1, place.column - 1 + (place.length ?? 0));
    };
    expect(at('port')).toBe('"5432"');
    expect(at('path_prefix')).toBe('/api');
    expect(at('domain')).toBe('Example.com');
    expect(at('resolver')).toBe('dns');
    expect(at('allow_source_ips')).toBe('[10.0.0.0/8, "2001:db8::1"]');
  });

  test('that is empty asks for nothing', async () => {
    const { project, problems } = await readFixture('empty-ingress');
    expect(problems).toEqual([]);
    expect(project).toMatchObject({ enabled: true, ingress: [], egress: [] });
  });

  test('of an external project', async () => {
    const { project, problems } = await readFixture('external', 'nas');
    expect(outline(problems)).toEqual(['itsup-project.yml:3:14 ignored-key']);
    expect(problems[0]).toMatchObject({ severity: 'warning', project: 'nas' });
    expect(project).toMatchObject({ kind: 'external', host: '192.168.1.10', compose: null });
    expect(project.ingress[0]).toMatchObject({ service: null, port: 5001, scheme: 'https' });
  });

  test('under both names: the newer one is read, the other one is a warning', async () => {
    const { project, problems } = await readFixture('both-ingress-names');
    expect(project.ingressFile).toBe('projects/app/itsup-project.yml');
    expect(project.ingress.map(({ domains }) => domains)).toEqual([['new.example.com']]);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['ignored-file', 'warning']]);
    expect(project.files).toContain('projects/app/ingress.yml');
  });

  test('whose `tls` replaces its `domain` loses that name, and hears of it', async () => {
    const { project, problems } = await readFixture('replaced-domain');
    expect(project.ingress.map(({ domains }) => domains)).toEqual([
      ['kept.example.com'],
      ['kept.example.com', 'more.example.com'],
    ]);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['domain-replaced', 'warning']]);
    expect(meant(problems[0])).toBe('lost.example.com');
    expect(problems[0]?.related?.[0]?.place.line).toBe(4);
  });

  test('names who may use its services, and paths below its domains', async () => {
    const { project, problems } = await readFixture('exports');
    expect(problems).toEqual([]);
    expect(project.exports).toMatchObject({
      place: { line: 4 },
      services: [{ name: 'redis', projects: ['shop', 'blog'], place: { line: 5 } }],
      paths: [{ name: '/api', projects: ['shop'], place: { line: 7 } }],
    });
  });

  test('whose `exports` is wrong lets nobody in', async () => {
    const { project, problems } = await readFixture('exports', 'wrong');
    expect(outline(problems)).toEqual(['ingress.yml:2:10 invalid-value', 'ingress.yml:4:5 invalid-value']);
    expect(project.exports).toMatchObject({ services: [], paths: [] });
  });
});
