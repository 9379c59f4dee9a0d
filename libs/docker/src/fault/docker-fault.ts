/**
 * What can go wrong between us and Docker, as data: a reporter can branch on `code` and take the parts it needs.
 * No part ever holds the value of an environment variable (see `redact.ts`).
 */
export type DockerFault =
  /** The `docker` command is not installed, or not on the given PATH. */
  | { code: 'docker-missing'; binary: string }
  /** Nothing answers at the endpoint of the engine. */
  | { code: 'engine-unreachable'; endpoint: string | null; reason: string }
  /** An engine is there, but this user may not talk to it. */
  | { code: 'permission-denied'; reason: string }
  | { code: 'compose-missing' }
  | { code: 'compose-too-old'; version: string; minimum: string }
  /** Compose refused the file; `reason` is its own message. */
  | { code: 'compose-invalid'; reason: string }
  /** `docker stack` refused the stack file; `reason` is its own message. */
  | { code: 'stack-invalid'; reason: string }
  /** A variable that the Compose file requires (`${NAME:?…}`) is not set. */
  | { code: 'variable-missing'; variable: string; reason: string }
  /** The image is neither on the engine nor could it be had from its registry. */
  | { code: 'image-not-found'; image: string; reason: string }
  /** The registry did not answer, or not with the image. */
  | { code: 'pull-failed'; image: string | null; reason: string }
  | { code: 'build-failed'; reason: string }
  | { code: 'port-taken'; port: number; protocol: 'tcp' | 'udp' | null; address: string | null }
  /** The engine has no free subnet left for another network. */
  | { code: 'address-pools-exhausted' }
  /** A wanted subnet overlaps one that exists. */
  | { code: 'subnet-taken'; reason: string }
  | { code: 'address-taken'; address: string | null }
  | { code: 'disk-full'; reason: string }
  | { code: 'network-not-found'; network: string }
  | { code: 'network-in-use'; network: string }
  | { code: 'network-exists'; network: string }
  | { code: 'container-not-found'; container: string }
  | { code: 'container-not-running'; container: string }
  | { code: 'container-name-taken'; name: string; container: string | null }
  /** `up --wait`: a container did not become healthy, or ended. */
  | { code: 'container-unhealthy'; container: string; reason: string }
  | { code: 'mount-missing'; path: string }
  /** The `sops` command is not installed, or not on the given PATH. */
  | { code: 'sops-missing'; file: string }
  /** SOPS could not decrypt the file: no key, or a damaged file. */
  | { code: 'decryption-failed'; file: string; reason: string }
  | { code: 'timeout'; command: string; seconds: number }
  /** The signal given to `createDocker` was aborted, or the child was killed. */
  | { code: 'interrupted'; command: string; signal: string | null }
  | { code: 'command-failed'; command: string; exitCode: number | null; stderr: string };

export type DockerFaultCode = DockerFault['code'];

export type FaultOf<Code extends DockerFaultCode> = Extract<DockerFault, { code: Code }>;
