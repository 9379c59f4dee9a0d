import { lostFiles, writtenFiles } from './written-files';

describe('files that Compose writes into a container', () => {
  const model = {
    name: 'shop',
    services: {
      web: {
        configs: [{ source: 'nginx', target: '/etc/nginx.conf' }, { source: 'plain' }, { source: 'mounted' }],
        secrets: [{ source: 'token' }, { source: 'token', target: 'other' }],
      },
      db: { configs: [{ source: 'mounted' }] },
    },
    configs: { nginx: { content: 'server {}' }, plain: { environment: 'X' }, mounted: { file: '/srv/a' } },
    secrets: { token: { environment: 'TOKEN' } },
  };

  it('are those of configs and secrets without a file of their own', () => {
    expect(writtenFiles(model, 'web')).toEqual([
      '/etc/nginx.conf',
      '/plain',
      '/run/secrets/token',
      '/run/secrets/other',
    ]);
    expect([writtenFiles(model, 'db'), writtenFiles(model, 'gone')]).toEqual([[], []]);
  });

  it('are told once where they could not be kept', () => {
    const kept = { id: 'a', imageId: 'sha256:a', name: 'shop-web-1', body: {}, networks: [] };
    expect(
      lostFiles([
        { ...kept, lost: ['/plain'] },
        { ...kept, lost: ['/plain'] },
      ]),
    ).toBe(', but without /plain, which could not be kept');
    expect(lostFiles([kept, { ...kept, lost: [] }])).toBe('');
  });
});
