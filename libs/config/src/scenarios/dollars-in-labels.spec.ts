import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interpolate, readWorkspace } from '../index';
import { describeWithCompose } from '../testing/describe-with-compose';

const file = `services:
  mapped:
    image: busybox
    labels: {"traefik.http.routers.a$SIGN.rule": "one$SIGN", "traefik.http.routers.b$$.rule": two}
  listed:
    image: busybox
    labels: ["traefik.http.routers.a$SIGN.rule=one$SIGN", "traefik.http.routers.b$$.rule=two"]
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dollars-'));
  mkdirSync(join(root, 'projects/app'), { recursive: true });
  writeFileSync(join(root, 'projects/app/docker-compose.yml'), file);
});
afterEach(() => rmSync(root, { recursive: true }));

describeWithCompose('variables in labels', () => {
  it('have their values in an entry of a list, and stay as they are in the key of a mapping', async () => {
    const { projects } = await readWorkspace(root);
    const read = Object.fromEntries(
      (projects[0]?.compose?.services ?? []).map(({ name, labels }) => [
        name,
        Object.entries(labels)
          .map(([key, value]) => interpolate(`${key}=${value}`, () => 'x'))
          .sort(),
      ]),
    );
    const printed = execFileSync('docker', ['compose', 'config', '--format', 'json'], {
      cwd: join(root, 'projects/app'),
      env: { ...process.env, SIGN: 'x' },
      encoding: 'utf8',
    });
    const { services } = JSON.parse(printed) as {
      services: Record<string, { labels: Record<string, string> }>;
    };
    const composed = Object.fromEntries(
      Object.entries(services).map(([name, { labels }]) => [
        name,
        Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`.replaceAll('$$', '$'))
          .sort(),
      ]),
    );
    expect(read).toEqual(composed);
  });
});
