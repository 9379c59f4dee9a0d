import { DockerError } from '../fault/docker-error';
import type { NetworkSpec } from '../network/network';

/** One network of the simulated engine, which gives addresses out of its subnet. */
export class SimulatedNetwork {
  readonly name: string;
  readonly subnet: string;
  readonly internal: boolean;
  readonly labels: Record<string, string>;
  private readonly gateway: string | null;
  private readonly ipRange: string | null;
  /** Of the subnet: its own, the gateway's and those given out. */
  private given = 1;

  constructor(
    readonly id: string,
    spec: NetworkSpec & { subnet: string },
    /** Of the driver. */
    readonly options: Record<string, string> = {},
  ) {
    this.name = spec.name;
    this.subnet = spec.subnet;
    this.internal = spec.internal ?? false;
    this.labels = spec.labels ?? {};
    this.gateway = spec.gateway ?? null;
    this.ipRange = spec.ipRange ?? null;
  }

  /** The next one that nobody has. @throws DockerError when the wanted one is taken */
  address(wanted: string | null, taken: ReadonlySet<string>): string {
    if (wanted !== null) {
      if (taken.has(wanted)) throw new DockerError({ code: 'address-taken', address: wanted });
      return wanted;
    }
    const [base = '', length = '24'] = (this.ipRange ?? this.subnet).split('/');
    const size = 2 ** (32 - Number(length));
    for (;;) {
      this.given = (this.given + 1) % size;
      const address = plus(base, this.given);
      if (this.given > 1 && address !== this.gateway && !taken.has(address)) return address;
    }
  }

  summary(): { id: string; name: string; driver: string; labels: Record<string, string> } {
    return { id: this.id, name: this.name, driver: 'bridge', labels: this.labels };
  }

  subnets(): { subnet: string; gateway: string | null; ipRange: string | null }[] {
    return [{ subnet: this.subnet, gateway: this.gateway, ipRange: this.ipRange }];
  }
}

function plus(address: string, offset: number): string {
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
