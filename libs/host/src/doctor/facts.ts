import type { Problem } from '@itsup/config';
import type { Engine, Listener, NetworkDetails, PacketFilterResult, Versions } from '@itsup/docker';
import type { CertificateStatus, Lookup, MaintenancePage } from '@itsup/deploy';
import type { Proxynet } from '@itsup/routing';

export type { Lookup } from '@itsup/deploy';

/** What the checks decide on. Gathered once; a part that cannot be had is null. */
export interface HostFacts {
  /** Milliseconds since the epoch. */
  now: number;
  versions: Versions;
  /** null: no engine answers. */
  engine: Engine | null;
  kernel: KernelFacts;
  /** Empty without an engine. */
  networks: NetworkDetails[];
  /** Networks of the host's interfaces in CIDR, Docker's bridges included. */
  interfaceNetworks: string[];
  /** Addresses of the host's interfaces. */
  addresses: string[];
  /** null: they could not be listed. */
  listeners: Listener[] | null;
  /** A Traefik of ours runs. */
  proxyRuns: boolean;
  /** Rows of the projects that are not served now, in the words of `explain`; empty also where nobody can tell. */
  unserved: Problem[];
  /** Maintenance pages that are up. */
  pages?: MaintenancePage[];
  /** The DNS server that logs lookups runs; null: the proxy was not deployed here, or nobody can tell. */
  honeypotRuns: boolean | null;
  /** What the configuration asks for. */
  wanted: WantedFacts;
  /** By domain: what the resolver says. */
  lookups: ReadonlyMap<string, Lookup>;
  certificates: CertificateFacts;
  clock: ClockFacts;
  disks: DiskFacts[];
  workspace: WorkspaceFacts;
  leftovers: LeftoverFacts;
  secrets: SecretsFacts;
  /** Versions of what runs here, as the command knows them. */
  product: ProductVersions;
  /** Of this workspace; empty: none is written. */
  units: UnitsFacts[];
  /** Traefik's CrowdSec plugin, as kept in the state folder; null or absent: none is to be there. */
  plugin?: PluginFacts | null;
}

export interface PluginFacts {
  /** Module and version. */
  reference: string;
  /** Of its archive, as it came; null: none came yet. */
  digest: string | null;
  /** What projects/images.lock.yml holds it to. */
  locked: string | null;
  /** What became of the copy; null: it is whole. */
  damage: string | null;
}

export interface ProductVersions {
  itsup: string;
  /** null: the workspace has none. */
  nx: string | null;
  node: string;
}

/** What the command knows of itself. */
export interface ProductFacts {
  /** Why the build must not be used; null: it is current. */
  staleBuild: string | null;
  /** Where nx.json and .nxignore are. */
  nxRoot: string;
  /** Absolute path of the command, as units name it. */
  bin: string;
  versions: ProductVersions;
}

export interface UnitsFacts {
  name: string;
  /** It differs from what this version writes. */
  outdated: boolean;
  /** The command that it starts is not there any more: this path; null: it is. */
  gone: string | null;
  /** It runs as root, and this path is somebody else's; null: no. */
  foreign: string | null;
  /** When the nightly one runs. */
  at: string;
}

/** Values of /proc/sys; null where the kernel has no such switch. */
export interface KernelFacts {
  ipForward: boolean | null;
  /** Of `all` and by interface: 0 off, 1 strict, 2 loose; the larger of the two counts. */
  rpFilter: { all: number | null; byInterface: Record<string, number> };
  bridgeNfCallIptables: boolean | null;
}

export interface WantedFacts {
  honeypot: boolean;
  /** As projects/itsup.yml has it. */
  proxynet: Proxynet;
  /** Public ports that Traefik is to listen on. */
  ports: { port: number; protocol: 'tcp' | 'udp'; entryPoint: string }[];
  /** Names that routes answer at, without wildcards and without names that no public resolver knows. */
  domains: string[];
  /** Names that a certificate is to be had for, wildcards included. */
  certified: string[];
  /** An address for certificates is configured, in whatever way. */
  hasEmail: boolean;
}

export interface CertificateFacts {
  /** Permission bits of acme.json; null: there is none. */
  mode: number | null;
  /** Why acme.json could not be read; null: it could, or there is none. */
  unreadable: string | null;
  /** `expires`: milliseconds since the epoch. */
  certificates: { names: string[]; expires: number }[];
  /** What routers ask for, as the running Traefik has it; null or absent: none answers. */
  statuses?: CertificateStatus[] | null;
}

export interface ClockFacts {
  /** The newest file that this host wrote for the workspace; null: none. */
  newestFile: { path: string; time: number } | null;
  /** systemd-timesyncd runs and has not reached a server since the boot; null: something else sets the clock. */
  unsynchronized: boolean | null;
}

export interface DiskFacts {
  /** What is on it: `Docker's data`, `the state folder`. */
  what: string;
  path: string;
  freeBytes: number;
  totalBytes: number;
  /** Share of the file system's inodes that are free, 0 to 1; null: it does not count them. */
  freeInodes: number | null;
}

export interface WorkspaceFacts {
  root: string;
  /** Problems of the configuration that fail a stack. */
  errors: number;
  /** Why the build must not be used; null: it is current. */
  staleBuild: string | null;
  /** `.gitignore` or `.nxignore` names projects/. */
  ignoredBy: string | null;
  /** `.nxignore` lacks the line that keeps projects from giving Nx commands to run. */
  obeysProjects: boolean;
  /** projects/ is a git repository of its own, or a submodule. */
  ownRepository: boolean;
  /** The checkout that deploys are made from is this one: null, else the cure. */
  otherCheckout: { path: string; cure: string } | null;
  /** What is wrong with the state folder that the proxy runs with; null: nothing, or nobody can tell. */
  stateInUse: { message: string; cure: string } | null;
  /** Folder of the state, with why it cannot be written; null: it can, or can be made. */
  stateFolder: { path: string; unwritable: string | null };
}

export interface LeftoverFacts {
  /** Stacks whose deploy was killed, and what it was. */
  killed: { stack: string; what: string }[];
  /** Stacks that are being deployed now, and by whom. */
  running: { stack: string; holder: string }[];
  /** Route files of rollouts that neither are under way nor will be settled. */
  pins: string[];
  /** Files that keep Traefik from reading any; empty also where its types are not known. */
  unreadable?: { file: string; fault: string }[];
  packetFilter: PacketFilterResult | null;
  /** Comments of packet filter rules that a hand-over made. */
  rules: string[];
}

export interface SecretsFacts {
  /** Files in secrets/, relative to the workspace. */
  files: {
    file: string;
    /** Permission bits. */
    mode: number;
    context: string;
    /** By its name. */
    encrypted: boolean;
    /** By its content. */
    hasMetadata: boolean;
    /** Why SOPS cannot decrypt it; null: it can, or need not. */
    failure: { message: string; help: string } | null;
  }[];
  /** Names of contexts that exist. */
  contexts: string[];
}
