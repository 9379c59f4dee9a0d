import type { HostFacts } from '../facts';
import { findings, note, warning, type Finding } from '../finding';

const STRICT = 1;

/** Switches that Docker or the honeypot depend on. A host that hardens itself by sysctl often turns them back. */
export function checkKernel({
  kernel,
  engine,
  wanted,
}: Pick<HostFacts, 'kernel' | 'engine' | 'wanted'>): Finding[] {
  if (engine !== null && engine.location !== 'local') return [];
  const strict = Object.entries(kernel.rpFilter.byInterface)
    // The larger of `all` and the interface's own counts, and 2 is looser than 1.
    .filter(([, own]) => Math.max(own, kernel.rpFilter.all ?? 0) === STRICT)
    .map(([name]) => name)
    .filter((name) => /^(docker|br-)/.test(name));
  return findings('kernel', 'forwarding and filters are as Docker needs them', [
    kernel.ipForward === false
      ? warning(
          'net.ipv4.ip_forward is 0: containers reach nothing outside of this host',
          'sysctl -w net.ipv4.ip_forward=1, and the same line in /etc/sysctl.d/99-docker.conf',
        )
      : null,
    wanted.honeypot && strict.length > 0
      ? warning(
          `net.ipv4.conf.*.rp_filter is strict on ${listed(strict)}: answers of the DNS honeypot may be dropped`,
          'sysctl -w net.ipv4.conf.all.rp_filter=2, and the same line in /etc/sysctl.d/99-docker.conf',
        )
      : null,
    kernel.bridgeNfCallIptables === false
      ? note(
          'net.bridge.bridge-nf-call-iptables is 0: the packet filter does not see what containers of one network say to each other',
          'modprobe br_netfilter && sysctl -w net.bridge.bridge-nf-call-iptables=1, if you filter there',
        )
      : null,
  ]);
}

function listed(names: string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
