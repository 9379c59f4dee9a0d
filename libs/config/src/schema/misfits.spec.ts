import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAt } from '../testing/fixtures';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'itsup-misfits-'));
  await mkdir(join(root, 'projects/app'), { recursive: true });
  await writeFile(join(root, 'projects/app/compose.yml'), 'services: { web: { image: x } }\n');
});
afterAll(() => rm(root, { recursive: true }));

/** `line severity code message` of a row's problems, and how many rows are left. */
async function found(...row: string[]): Promise<[string[], number]> {
  const text = ['ingress:', '  - service: web', ...row.map((line) => `    ${line}`)].join('\n');
  await writeFile(join(root, 'projects/app/ingress.yml'), `${text}\n`);
  const { project, problems } = await readAt(root, 'app');
  return [
    problems.map(({ place, severity, code, message }) => `${place?.line} ${severity} ${code} ${message}`),
    project.ingress.length,
  ];
}

describe('a field that its row’s router has no use for', () => {
  it('is no problem on an http row', async () => {
    expect(await found('domain: a.example', 'path_prefix: /a', 'sticky: true', 'scheme: h2c')).toEqual([
      [],
      1,
    ]);
  });

  it('is an error at its place where Traefik would look at HTTP and speaks TCP, and the row is left out', async () => {
    expect(
      await found('router: tcp', 'hostport: 25', 'path_prefix: /a', 'sticky: true', 'scheme: https'),
    ).toEqual([
      [
        '5 error not-for-tcp `path_prefix` cannot work on a tcp route',
        '6 error not-for-tcp `sticky` cannot work on a tcp route',
        '7 error not-for-tcp `scheme` cannot work on a tcp route',
      ],
      0,
    ]);
  });

  it('is one on a row that hands TLS through as well, but for how the server is spoken to', async () => {
    const message = '`headers` cannot work on a route with passthrough';
    expect(
      await found(
        'domain: a.example',
        'passthrough: true',
        'scheme: https',
        'headers: { request: { A: b } }',
      ),
    ).toEqual([[`6 error not-for-tcp ${message}`], 0]);
  });

  it('is an error on a udp row where leaving it out would open the service', async () => {
    expect(await found('router: udp', 'hostport: 53', 'allow_source_ips: [10.0.0.0/8]')).toEqual([
      ['5 error not-for-udp `allow_source_ips` cannot work on a udp route'],
      0,
    ]);
  });

  it('is only said where it changes nothing', async () => {
    expect(await found('router: udp', 'hostport: 53', 'domain: a.example', 'scheme: https')).toEqual([
      [
        '5 warning ignored-on-udp `domain` has no effect on a udp route',
        '6 warning ignored-on-udp `scheme` has no effect on a udp route',
      ],
      1,
    ]);
  });

  it('is not one that is written with its default', async () => {
    expect(
      await found('router: tcp', 'hostport: 25', 'sticky: false', 'headers: {}', 'proxyprotocol: 1'),
    ).toEqual([[], 1]);
  });

  it('is none on the plain HTTP of a challenge, which an http row with passthrough may answer', async () => {
    const path = 'path_prefix: /.well-known/acme-challenge/';
    expect(await found('domain: a.example', 'passthrough: true', path)).toEqual([[], 1]);
  });
});
