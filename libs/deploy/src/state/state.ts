import path from 'node:path';

/** Paths of the state folder. Everything in it is readable by its owner alone, apart from what containers mount. */
export interface State {
  /** Absolute. */
  readonly dir: string;
  /** Of this workspace's identity: id and canonical path. */
  readonly workspaceFile: string;
  /** There while the packet filter may have rules for the honeypot. */
  readonly honeypotRulesFile: string;
  /** Mounted at /etc/traefik. */
  readonly traefikDir: string;
  /** Watched by Traefik's file provider. */
  readonly dynamicDir: string;
  /** Folder of one stack: lock, journal, deployed.json, starting.json, records. */
  stackDir(stack: string): string;
}

/** Names the parts of the state folder `dir`; creates nothing. */
export function openState(dir: string): State {
  return {
    dir,
    workspaceFile: path.join(dir, 'workspace.json'),
    honeypotRulesFile: path.join(dir, 'honeypot-rules'),
    traefikDir: path.join(dir, 'traefik'),
    dynamicDir: path.join(dir, 'traefik', 'dynamic'),
    stackDir: (stack) => path.join(dir, 'stacks', stack),
  };
}
