import { listContainersArguments, parseContainerList } from './list-containers';

const row = (fields: Record<string, string>): string =>
  JSON.stringify({ id: 'a'.repeat(64), names: 'x', ...fields });

describe('listContainersArguments', () => {
  it('asks for single labels, quoted for the template', () => {
    const args = listContainersArguments({
      labelFilters: ['com.docker.compose.project', 'a=b'],
      labels: ['it"s'],
    });
    expect(args.slice(0, 7)).toEqual([
      'ps',
      '--all',
      '--no-trunc',
      '--filter',
      'label=com.docker.compose.project',
      '--filter',
      'label=a=b',
    ]);
    expect(args.at(-1)).toContain('{{json (.Label "it\\"s")}}');
    expect(args.join(' ')).not.toMatch(/\.Labels|\.Size/);
  });
});

describe('parseContainerList', () => {
  it.each([
    ['Up 2 hours (healthy)', 'healthy'],
    ['Up 2 hours (unhealthy)', 'unhealthy'],
    ['Up 1 second (health: starting)', 'starting'],
    ['Up 2 hours', null],
    ['Up 2 hours (Paused)', null],
    ['Exited (0) 2 hours ago', null],
  ])('reads the health of %j', (status, health) => {
    expect(parseContainerList(row({ status }))[0]?.health).toBe(health);
  });

  it('takes what Compose wrote, and the labels asked for that are there', () => {
    const [container] = parseContainerList(
      row({
        names: 'db/alias,shop-web-2',
        project: 'shop',
        service: 'web',
        configHash: 'c0ffee',
        number: '2',
        oneoff: 'False',
        workingDir: '/srv/shop',
        configFiles: '/srv/shop/a.yml,/srv/shop/b.yml',
        imageId: 'sha256:1',
        networks: 'proxynet,shop_default',
        mounts: '/srv/data,shop_cache',
        ports:
          '0.0.0.0:8080-8081->80-81/tcp, [::]:80->80/tcp, :::81->81/tcp, 127.0.0.1:53->5353/udp, 9000/tcp',
        'label.itsup.id': 'a,b=c',
        'label.other': '',
      }),
      ['itsup.id', 'other'],
    );
    expect(container).toMatchObject({
      name: 'shop-web-2',
      networks: ['proxynet', 'shop_default'],
      mounts: ['/srv/data', 'shop_cache'],
      ports: [
        { address: '0.0.0.0', port: 8080, protocol: 'tcp' },
        { address: '0.0.0.0', port: 8081, protocol: 'tcp' },
        { address: '::', port: 80, protocol: 'tcp' },
        { address: '::', port: 81, protocol: 'tcp' },
        { address: '127.0.0.1', port: 53, protocol: 'udp' },
      ],
      labels: { 'itsup.id': 'a,b=c' },
      compose: {
        project: 'shop',
        service: 'web',
        configHash: 'c0ffee',
        number: 2,
        oneoff: false,
        workingDir: '/srv/shop',
        configFiles: ['/srv/shop/a.yml', '/srv/shop/b.yml'],
        imageId: 'sha256:1',
      },
    });
    expect(container?.labels).toEqual({ 'itsup.id': 'a,b=c' });
  });

  it('knows a container that is not of Compose, and one of compose run', () => {
    expect(parseContainerList(row({}))[0]?.compose).toBeNull();
    expect(parseContainerList(row({ project: 'shop', oneoff: 'True' }))[0]?.compose?.oneoff).toBe(true);
  });

  it('takes an empty listing', () => {
    expect(parseContainerList('\n')).toEqual([]);
  });
});
