/** What a unit's process may write, and whether it is root's. */
export interface HardeningFacts {
  root: string;
  stateDir: string;
  user: string;
  /** Of the user: Docker's client keeps its builders there. */
  home: string;
}

/**
 * What root uses of its rights beside those of the engine's socket: other users' files and the owners of published
 * ones, the packet filter, and the connections of a container, read in its own network namespace.
 */
const OF_ROOT = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_KILL',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_SYS_ADMIN',
  'CAP_SYS_PTRACE',
];

/**
 * Settings of systemd.exec(5) that take from a deploy what it does not need. What it needs: the workspace, the state
 * folder, Docker's client's folder, the engine's socket, and as root the packet filter. Whoever may use the engine is
 * root all the same; this bounds mistakes and what reads foreign input on the way there, such as Git, SOPS and YAML.
 */
export function hardening({ root, stateDir, user, home }: HardeningFacts): Record<string, string[]> {
  const isRoot = user === 'root';
  return {
    NoNewPrivileges: ['yes'],
    CapabilityBoundingSet: isRoot ? [OF_ROOT.join(' ')] : [''],
    AmbientCapabilities: [''],
    ProtectSystem: ['strict'],
    ProtectHome: ['read-only'],
    PrivateTmp: ['yes'],
    PrivateDevices: ['yes'],
    ProtectClock: ['yes'],
    ProtectControlGroups: ['yes'],
    ProtectHostname: ['yes'],
    ProtectKernelLogs: ['yes'],
    ProtectKernelModules: ['yes'],
    ProtectKernelTunables: ['yes'],
    RestrictAddressFamilies: ['AF_UNIX AF_INET AF_INET6 AF_NETLINK'],
    // Root enters a container's network namespace to see its connections.
    RestrictNamespaces: [isRoot ? 'net' : 'yes'],
    RestrictRealtime: ['yes'],
    RestrictSUIDSGID: ['yes'],
    LockPersonality: ['yes'],
    KeyringMode: ['private'],
    RemoveIPC: [isRoot ? 'no' : 'yes'],
    SystemCallArchitectures: ['native'],
    SystemCallFilter: ['@system-service'],
    SystemCallErrorNumber: ['EPERM'],
    // Generated files are mounted into containers of other users; what is secret is written for its owner alone.
    UMask: ['0022'],
    // With a minus it may be missing. `/run` has the lock of the packet filter.
    ReadWritePaths: [
      root,
      ...writtenFolders({ stateDir, home }).map((folder) => `-${folder}`),
      ...(isRoot ? ['/run'] : []),
    ],
  };
}

/** Folders outside of the workspace that a unit writes in. */
export function writtenFolders({ stateDir, home }: Pick<HardeningFacts, 'stateDir' | 'home'>): string[] {
  // Where Docker's client keeps what it is told; buildx writes there.
  return [stateDir, `${home}/.docker`];
}
