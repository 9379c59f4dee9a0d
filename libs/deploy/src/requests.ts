import type { Problem, Workspace } from '@itsup/config';

import type { CertificateStatus } from './certificates/model';
import type { StackPlan } from './plan/model';

/** The stack of the reverse proxy; every other stack is named after its project. */
export const PROXY_STACK = 'proxy';
/** Traefik's service in it. */
export const TRAEFIK = 'traefik';

export interface PlanRequest {
  workspace: Workspace;
  /** Stacks by name; absent: all projects and the proxy. */
  stacks?: string[];
  /** Ask the registries for newer images of the same tags. */
  pull?: boolean;
  /** Take over containers of the same Compose project that something else started. */
  adopt?: boolean;
  /** Take the proxy along when the stacks need it: it does not run, or does not listen on a port of theirs yet. */
  bringsProxy?: boolean;
}

export interface WorkspacePlan {
  /** In the order of deploying: the proxy first, providers before consumers. */
  stacks: StackPlan[];
  /** Stacks whose plan could not be made; their deploy would fail with these problems. */
  failed: { stack: string; problems: Problem[] }[];
  /** Stacks this workspace deployed that have no folder any more. */
  prunable: string[];
  /** Warnings and notes about the planned stacks, and conflicts that none of the failed ones tells. */
  problems: Problem[];
  engine: EngineFact;
}

/** Whether the plan is against a real engine or against an empty host. */
export interface EngineFact {
  reachable: boolean;
  /** Why not, in words. */
  reason: string | null;
}

export interface DeployRequest extends PlanRequest {
  /** Stacks converged at the same time; four a core, at least eight, when absent. */
  parallel?: number;
  /**
   * Services of one stack that start at the same time; 1: one operation after the other. Two a core, at least four,
   * when absent.
   */
  parallelServices?: number;
  /** Let end what projects ask each other over a network that they leave; else a stack that would end it is refused. */
  mayCut?: boolean;
  /** Milliseconds to wait for another deploy's lock; 0 fails at once. Default 10 minutes. */
  lockWaitMs?: number;
  /** The commit that is deployed, for the record. */
  commit?: string | null;
  /** Called once for every stack, as soon as it is settled. */
  onOutcome?(outcome: StackOutcome): void;
}

export interface StackOutcome {
  stack: string;
  /** skipped: a stack it depends on failed, or the run was interrupted before its turn. */
  status: 'unchanged' | 'deployed' | 'down' | 'failed' | 'skipped';
  plan: StackPlan | null;
  /** What went wrong, with the cure; empty on success. */
  problems: Problem[];
  durationMs: number;
}

export interface DeploySummary {
  outcomes: StackOutcome[];
  prunable: string[];
  problems: Problem[];
  /** What failed nothing yet, and will: the operator is told by `alert.command`. Absent: nothing. */
  warnings?: Problem[];
  interrupted: boolean;
}

export interface StatusRequest {
  workspace: Workspace;
  stacks?: string[];
}

/** Something that differs from what the last deploy left. */
export interface Drift {
  /** missing: a container is gone. unknown: one is there that the deploy did not make. image: its tag moved on. */
  kind: 'missing' | 'unknown' | 'image' | 'file';
  /** null: of the whole stack. */
  service: string | null;
  message: string;
}

/** Our rules in the host's packet filter. */
export interface PacketRules {
  rules: { name: string; family: string; table: string; chain: string }[];
  /** Why they are not known; null: they are. */
  reason: string | null;
}

export interface StackStatus {
  stack: string;
  /**
   * external: routes only. absent: has a folder, was never deployed or is down. orphan: deployed, its folder is gone.
   */
  state: 'running' | 'degraded' | 'stopped' | 'absent' | 'external' | 'disabled' | 'orphan';
  services: {
    service: string;
    /** Replicas that the last deploy left; null: none was ever finished. */
    wanted: number | null;
    containers: {
      id: string;
      name: string;
      state: string;
      health: string | null;
      image: string;
      /** The engine's words: `Up 2 hours (healthy)`. */
      status: string;
      /** ISO 8601, since when every health check has failed; null: they do not, or it has none. */
      unhealthySince: string | null;
    }[];
  }[];
  /** Rows that are not served now, in the words of `explain`. */
  unserved: Problem[];
  /** Of a host outside Docker: its routes are published; null for every other stack. */
  published: boolean | null;
  /** What differs from what the last deploy left; empty while one is under way. */
  drift: Drift[];
  /** Of the proxy once it was deployed; null for every other stack. */
  packetFilter: PacketRules | null;
  /** Of the proxy: what is wrong with the state folder that it runs with; null: nothing, and of every other stack. */
  stateFolder: string | null;
  /** An orphan's Compose project is that of this stack by now: its folder was renamed. */
  successor: string | null;
  /** The newest record; null: never deployed from this workspace. */
  lastDeploy: DeployRecord | null;
  /** Certificates that its routers ask for; null: no Traefik answers. */
  certificates: CertificateStatus[] | null;
  /** The maintenance page that somebody put up; null: visitors come to the stack. */
  maintenance: { since: string; by: string; isShown: boolean } | null;
  /** A deploy was killed: the next one finishes or undoes it. */
  unfinished: string | null;
  /** Who holds the stack's lock now; null: nobody. */
  lockedBy: string | null;
}

/** One deploy of one stack, kept in the state folder. Holds no secret. */
export interface DeployRecord {
  id: string;
  stack: string;
  command: 'deploy' | 'rollback' | 'down' | 'restart';
  /** unchanged: after one that failed or was interrupted, a deploy found that what it was to deploy runs. */
  outcome: 'deployed' | 'down' | 'failed' | 'interrupted' | 'restarted' | 'unchanged';
  /** ISO 8601, UTC. */
  startedAt: string;
  durationMs: number;
  by: string;
  commit: string | null;
  /** Version of the product; absent: recorded by one that did not write it down. */
  product?: string;
  /** What was done to which service and why. */
  services: { service: string; action: string; reasons: string[] }[];
  /** How long each step took, in the order they ended. */
  steps: { step: string; ms: number }[];
  /** How things were with its certificates, a line each; absent: it has none, or nobody looked. */
  certificates?: string[];
  /** Messages of a failure. */
  problems: string[];
  /** The stack can be taken back to what this deploy left. */
  restorable: boolean;
}

export interface DownRequest {
  workspace: Workspace;
  stacks: string[];
  /** Also the stack's named and anonymous volumes: data is gone. */
  volumes?: boolean;
  lockWaitMs?: number;
  commit?: string | null;
  onOutcome?(outcome: StackOutcome): void;
}

export interface RestartRequest {
  workspace: Workspace;
  stacks: string[];
  /** Only these services; absent: all. */
  services?: string[];
  lockWaitMs?: number;
  commit?: string | null;
  onOutcome?(outcome: StackOutcome): void;
}

export interface PruneRequest {
  workspace: Workspace;
  /** Only these; absent: every stack that has no folder any more. */
  stacks?: string[];
  volumes?: boolean;
  commit?: string | null;
  onOutcome?(outcome: StackOutcome): void;
}

export interface RollbackRequest {
  /** Told of the record that the stack goes back to, before anything is done. */
  onChosen?: (record: DeployRecord) => void;
  workspace: Workspace;
  stack: string;
  /** A record's id; absent: the newest restorable one before the present. */
  to?: string;
  lockWaitMs?: number;
  commit?: string | null;
}
