import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseImages } from '../image/image-commands';
import { parseContainers } from './inspect-container';
import { parseNetworks } from '../network/network-commands';

/** Recorded from engine 20.10. */
const recorded = (name: string): string =>
  readFileSync(join(__dirname, '../__fixtures__/inspect', name), 'utf8');

describe('parseContainers', () => {
  it('reads what the engine says', () => {
    const [container] = parseContainers(recorded('container.json'));
    expect(container).toMatchObject({
      name: 'shop-f',
      image: 'busybox:stable',
      state: 'running',
      running: true,
      exitCode: 0,
      finishedAt: null,
      health: { status: 'healthy', failingStreak: 0 },
      healthcheck: {
        test: ['CMD-SHELL', 'echo ok'],
        intervalMs: 2000,
        timeoutMs: 30_000,
        startPeriodMs: 0,
        startIntervalMs: 5000,
        retries: 3,
      },
      restartPolicy: { name: 'on-failure', maximumRetryCount: 3 },
      ports: [{ containerPort: 80, protocol: 'tcp', hostIp: '127.0.0.1', hostPort: 18996 }],
      stopTimeoutSeconds: 7,
      labels: { odd: 'a,b=c' },
    });
    expect(container?.networks['shop-net']).toMatchObject({
      ipv4: '10.99.7.9',
      endpoint: { ip: '10.99.7.9' },
      ipv6: null,
    });
    expect(container?.networks['shop-net']?.aliases).toContain('web');
    expect(container?.health?.log.at(-1)).toMatchObject({ exitCode: 0, output: 'ok\n' });
    expect(container?.mounts).toEqual(
      expect.arrayContaining([
        { type: 'bind', name: null, source: '/tmp', destination: '/data', readOnly: true },
        expect.objectContaining({ type: 'volume', name: 'data', destination: '/v', readOnly: false }),
      ]),
    );
  });

  it('knows no health check in NONE', () => {
    const [raw] = JSON.parse(recorded('container.json')) as [{ Config: { Healthcheck: unknown } }];
    raw.Config.Healthcheck = { Test: ['NONE'] };
    expect(parseContainers(JSON.stringify([raw]))[0]?.healthcheck).toBeNull();
  });
});

describe('parseNetworks', () => {
  it('reads subnets and who is attached', () => {
    expect(parseNetworks(recorded('network.json'))).toMatchObject([
      {
        name: 'shop-net',
        driver: 'bridge',
        internal: false,
        subnets: [{ subnet: '10.99.7.0/24', ipRange: null }],
        containers: [{ name: 'shop-f', ipv4: '10.99.7.9', ipv6: null }],
      },
    ]);
  });
});

describe('parseImages', () => {
  it('reads an image without digests and health check', () => {
    expect(parseImages(recorded('image.json'))).toMatchObject([
      {
        id: expect.stringMatching(/^sha256:/) as string,
        tags: ['busybox:stable'],
        repoDigests: [],
        hasHealthcheck: false,
        volumes: [],
      },
    ]);
  });

  it('takes an empty answer', () => {
    expect(parseImages('')).toEqual([]);
  });
});
