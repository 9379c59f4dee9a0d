import { output, run, type Run } from '../harness/run';

/** What an attacker can do with the network that he is on. */
export interface Powers {
  /** Docker gives it to every container by default; raw sockets, and so ARP and forged addresses. */
  netRaw: boolean;
}

/** A container that an attacker has taken over, which is not part of any project. */
export interface Foothold {
  id: string;
  /** Runs a Node program in it. */
  node(program: string, ...args: string[]): Promise<Run>;
  remove(): Promise<void>;
}

/** Runs a Node program in a container that has Node. */
export function nodeIn(container: string, program: string, ...args: string[]): Promise<Run> {
  return run('docker', ['exec', container, 'node', '-e', program, ...args]);
}

/**
 * Starts a container without any capability, except NET_RAW where it is given.
 *
 * @param network a network's name, or `host`
 * @param user uid that it runs as; default: root
 */
export async function takeFoothold(
  image: string,
  network: string,
  { netRaw, user = 0 }: Powers & { user?: number },
): Promise<Foothold> {
  const id = await output('docker', [
    ...['run', '--detach', '--network', network, '--user', String(user), '--cap-drop', 'ALL'],
    ...(netRaw ? ['--cap-add', 'NET_RAW'] : []),
    ...['--stop-signal', 'SIGKILL', image, 'node', '-e', 'setInterval(() => {}, 1000)'],
  ]);
  return {
    id,
    node: (program, ...args) => nodeIn(id, program, ...args),
    remove: async () => {
      await run('docker', ['rm', '--force', '--volumes', id]);
    },
  };
}

/** Runs a program on the host as another account, which is in no group but its own. */
export function asAccount(uid: number, file: string, args: string[]): Promise<Run> {
  return run('setpriv', [
    ...[`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--inh-caps=-all', '--bounding-set=-all'],
    ...['--', file, ...args],
  ]);
}

/**
 * Runs a program of the host in a container's network, with what a program of that container could do there: for
 * attacks that need a tool which the container's image does not have.
 */
export async function inNetworkOf(
  container: string,
  { netRaw }: Powers,
  file: string,
  args: string[],
): Promise<Run> {
  const pid = await output('docker', ['inspect', '--format', '{{.State.Pid}}', container]);
  const kept = netRaw ? '-all,+net_raw' : '-all';
  return run('nsenter', [
    ...['--target', pid, '--net', '--', 'setpriv', `--bounding-set=${kept}`, `--inh-caps=${kept}`],
    ...['--', file, ...args],
  ]);
}

/**
 * Gives a container's network a way to everywhere by the bridge that it is on: what raw frames to the bridge's own
 * address come to, for programs that send none.
 */
export async function routeByBridge(container: string, gateway: string): Promise<void> {
  const pid = await output('docker', ['inspect', '--format', '{{.State.Pid}}', container]);
  await output('nsenter', [
    '--target',
    pid,
    '--net',
    '--',
    'ip',
    'route',
    'replace',
    'default',
    'via',
    gateway,
  ]);
}

/** A UDP packet from an address that is not the sender's: a program for Perl, which every Debian has. */
export function forgedPacket(packet: { from: string; to: string; text: string }): string[] {
  const program = `
    use Socket;
    my ($from, $fromPort, $to, $toPort, $text) = @ARGV;
    my $udp = pack('n4', $fromPort, $toPort, 8 + length $text, 0) . $text;
    my $ip = pack('CCnnnCCna4a4', 0x45, 0, 20 + length $udp, 1, 0, 64, 17, 0, inet_aton($from), inet_aton($to)) . $udp;
    socket(my $socket, AF_INET, SOCK_RAW, 255) or die $!;
    for (1 .. 5) { send($socket, $ip, 0, sockaddr_in(0, inet_aton($to))) or die $!; }
  `;
  const [from = '', fromPort = ''] = packet.from.split(':');
  const [to = '', toPort = ''] = packet.to.split(':');
  return ['-e', program, from, fromPort, to, toPort, packet.text];
}
