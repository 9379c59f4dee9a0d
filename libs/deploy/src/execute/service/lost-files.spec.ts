import { lostFiles } from './lost-files';

describe('what a container that was brought back lacks', () => {
  const model = {
    name: 'shop',
    services: {
      web: {
        configs: [{ source: 'nginx', target: '/etc/nginx.conf' }, { source: 'mounted' }],
        secrets: [{ source: 'token' }],
      },
      db: { configs: [{ source: 'mounted' }] },
    },
    configs: { nginx: { content: 'server {}' }, mounted: { file: '/srv/a.conf' } },
    secrets: { token: { environment: 'TOKEN' } },
  };

  it('are configs and secrets that have no file', () => {
    expect(lostFiles(model, 'web')).toMatch(/^, but without nginx, token, which only Compose writes/);
  });

  it('is nothing where all are mounted', () => {
    expect(lostFiles(model, 'db')).toBe('');
    expect(lostFiles(model, 'gone')).toBe('');
  });
});
