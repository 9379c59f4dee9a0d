import { DockerError } from '../fault/docker-error';
import type { PacketRule } from './packet-filter';
import { engineAnswers, fakeDocker, INFO, rejection, removeFakes } from '../testing/fake-docker';

afterAll(removeFakes);

describe('packetFilter', () => {
  it.each([
    [INFO, 'rootless'],
    [INFO.replace('6.1.0', '6.2.0'), 'virtual-machine'],
    [INFO.replace('name=rootless', 'name=seccomp'), 'no-helper-image'],
  ])('is out of reach: %s', async (info, code) => {
    const { docker } = fakeDocker(engineAnswers(info));
    const result = await docker.packetFilter();
    expect(result).toMatchObject({ available: false, code });
  });

  it('is reached through a privileged helper in the namespaces of the host', async () => {
    const { docker, calls } = fakeDocker([
      ...engineAnswers(INFO.replace('name=rootless', 'name=seccomp')),
      { match: '^image inspect', stdout: '[{"Id":"sha256:1","Config":{}}]' },
      { match: 'ip6tables -w', stderr: 'ip6tables: no IPv6\n', exit: 3 },
      { match: 'iptables -w' },
      { match: 'iptables-save', stdout: '*nat\nCOMMIT\n' },
      { match: 'iptables-restore', readInput: true },
    ]);
    const result = await docker.packetFilter({ helperImage: async () => 'busybox:stable' });
    if (!result.available) throw new Error(result.reason);
    expect(result.filter).toMatchObject({ via: 'helper', families: ['ipv4'] });
    const rule: PacketRule = {
      family: 'ipv4',
      table: 'nat',
      chain: 'OUTPUT',
      args: ['-j', 'ACCEPT'],
      comment: 'itsup:x',
    };
    await result.filter.apply([{ operation: 'insert', rule }]);
    const restore = calls().at(-1);
    expect(restore?.args.join(' ')).toMatch(
      /^run --rm --interactive --pull never --name itsup-\S+ --network none --user 0 --privileged --pid host --entrypoint nsenter busybox:stable -t 1 -m -n iptables-restore --noflush --wait=10$/,
    );
    expect(restore?.input).toBe('*nat\n-I OUTPUT -m comment --comment itsup:x -j ACCEPT\nCOMMIT\n');
    expect(
      await rejection(result.filter.apply([{ operation: 'insert', rule: { ...rule, family: 'ipv6' } }])),
    ).toBeInstanceOf(DockerError);
  });

  it('is out of reach with a reason where the image cannot act as root', async () => {
    const { docker } = fakeDocker([
      ...engineAnswers(INFO.replace('name=rootless', 'name=seccomp')),
      { match: '^image inspect', stdout: '[{"Id":"sha256:1","Config":{}}]' },
      {
        match: '^run',
        stderr: 'docker: Error response from daemon: exec: "nsenter": executable file not found in $PATH',
        exit: 127,
      },
    ]);
    const result = await docker.packetFilter({ helperImage: async () => 'traefik:v3' });
    expect(result).toMatchObject({ available: false });
  });
});
