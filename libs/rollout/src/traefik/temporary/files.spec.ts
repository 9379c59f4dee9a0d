import type { Tree } from '@itsup/traefik';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse } from 'yaml';

import { challengeRoutes, removeOwnFolder, withoutResolvers, writeOwnFiles } from './files';

const base = {
  entryPoints: { traefik: { address: '127.0.0.1:26482' }, web: { address: ':8080' } },
  providers: { file: { directory: '/etc/traefik/dynamic' } },
};
const acme = { certificatesResolvers: { letsencrypt: { acme: { httpChallenge: { entryPoint: 'web' } } } } };
const asking: Tree = { ...base, ...acme };

describe('challengeRoutes', () => {
  it('leads challenges to the internal entry point of the instance that owns acme.json', () => {
    expect(challengeRoutes(asking, asking)).toEqual({
      http: {
        routers: {
          'handover-challenges-web': {
            entryPoints: ['web'],
            rule: 'PathPrefix(`/.well-known/acme-challenge/`)',
            service: 'handover-challenges',
            priority: '9223372036854774807',
          },
        },
        services: {
          'handover-challenges': { loadBalancer: { servers: [{ url: 'http://127.0.0.1:26482' }] } },
        },
      },
    });
  });

  it('asks which of two addresses has somebody', () => {
    const moved = { ...asking, entryPoints: { ...base.entryPoints, traefik: { address: '127.0.0.1:9000' } } };
    expect(challengeRoutes(asking, moved)).toHaveProperty('http.services.handover-challenges.loadBalancer', {
      servers: [{ url: 'http://127.0.0.1:26482' }, { url: 'http://127.0.0.1:9000' }],
      healthCheck: { path: '/ping', interval: '1s', timeout: '1s' },
    });
  });

  it('leaves projects their own challenges, and does nothing where nobody proves names by HTTP', () => {
    const shared = {
      ...asking,
      entryPoints: { ...base.entryPoints, web: { address: ':8080', allowACMEByPass: true } },
    };
    expect(challengeRoutes(asking, shared)).not.toHaveProperty(
      'http.routers.handover-challenges-web.priority',
    );
    expect(challengeRoutes(base, base)).toEqual({});
  });

  it('takes an entry point whose name differs in case for another one', () => {
    const other = {
      ...asking,
      entryPoints: { WEB: { address: ':8090', allowACMEByPass: true }, ...base.entryPoints },
    };
    expect(challengeRoutes(asking, other)).toHaveProperty('http.routers.handover-challenges-web.priority');
  });

  it('leads them also while the resolver is only coming, or only going', () => {
    expect(challengeRoutes(base, asking)).toHaveProperty('http.routers.handover-challenges-web');
    expect(challengeRoutes(asking, base)).toHaveProperty('http.routers.handover-challenges-web');
  });
});

describe('writeOwnFiles', () => {
  it('writes them where only the temporary instance reads them, and takes the folder away again', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'handover-'));
    const dynamic = join(parent, 'dynamic');
    try {
      const certificate = { certificate: 'CHAIN\n', key: 'KEY\n' } as never;
      const folder = join(parent, 'handover');
      const binds = await writeOwnFiles(folder, dynamic, [certificate], { current: asking, next: asking });
      expect(binds).toEqual([`${folder}/dynamic:/etc/traefik/dynamic/handover:ro`]);
      expect(parse(readFileSync(join(folder, 'dynamic/certificates.yml'), 'utf8'))).toEqual({
        tls: { certificates: [{ certFile: 'CHAIN\n', keyFile: 'KEY\n' }] },
      });
      expect(statSync(folder).mode & 0o077).toBe(0);
      expect(statSync(join(dynamic, 'handover')).isDirectory()).toBe(true);
      await removeOwnFolder(dynamic);
      expect(() => statSync(join(dynamic, 'handover'))).toThrow();
    } finally {
      rmSync(parent, { recursive: true });
    }
  });
});

describe('withoutResolvers', () => {
  it('leaves nothing that would ask an authority', () => {
    expect(withoutResolvers({ ...base, CertificatesResolvers: acme.certificatesResolvers })).toEqual(base);
  });
});
