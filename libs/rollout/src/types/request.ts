import type { DynamicConfiguration } from './dynamic';

/** One service to replace. Images are pulled or built before; nothing here pulls. */
export interface RolloutRequest {
  /** Folder name in `projects/`. */
  project: string;
  /** `com.docker.compose.project` of the stack. */
  composeProject: string;
  service: string;
  /** Number of containers wanted afterwards; at least 1. */
  replicas: number;
  /**
   * Runs `docker compose up --detach --no-deps --no-recreate --scale <service>=<total> <service>` with the stack's file
   * and environment. Must not wait for health.
   */
  start(total: number): Promise<void>;
  /**
   * Makes the new containers without starting them and runs what has to end well before one starts (Compose's
   * `pre_start`). Where it fails nothing is touched. Absent: there is nothing to run.
   */
  preStart?: ((total: number) => Promise<void>) | undefined;
  /** Runs what comes before the stop of drained containers that run (Compose's `pre_stop`); never rejects. */
  preStop?: ((ids: string[]) => Promise<void>) | undefined;
  /**
   * Attaches new containers to the egress edges that exist on the engine; also called by recovery, so it must be
   * repeatable.
   */
  joinEdges(ids: string[]): Promise<void>;
  /**
   * Static routers that point at this service (`via: 'file'`), as they will be AFTER this rollout, in Traefik's dynamic
   * format: `{http: {routers, services, …}, tcp, udp}`, with the middlewares and transports that they define. null: the
   * service has none.
   */
  fileRoutes: DynamicConfiguration | null;
  /**
   * Replaces the published static routers of the service by exactly these; null: those that should be there are. The
   * caller must not have published them earlier: they would point at a docker service that no container
   * carries yet. The rollout calls it when the old containers are gone, while the pin still overrides both the old and
   * the new ones. Has to be repeatable.
   */
  publishRoutes: ((routes: DynamicConfiguration) => Promise<void>) | null;
  drain: DrainOptions;
  /** What the wait until the containers are ready may take; null: computed from the health check. */
  startDeadlineMs: number | null;
}

/** One service that cannot run twice, to be replaced while whoever comes waits. */
export interface RecreateRequest extends Omit<RolloutRequest, 'start'> {
  /**
   * Runs `docker compose up --detach --no-deps --force-recreate` for the service. Must not wait for health. The old
   * containers are stopped and still there.
   */
  replace(): Promise<void>;
  /**
   * The new containers have a health check, so Traefik's docker provider does not show them before they are healthy.
   */
  hasHealthcheck: boolean;
  /** Paths of files that Compose writes into its containers: those that come back get them again. */
  writtenFiles?: readonly string[];
  hold: {
    /** How long anybody waits at most. */
    limitMs: number;
    /** HTML for who waited so long. */
    page: string;
  };
}

/** One service that is to run in another number of containers of the same definition. */
export interface ScaleRequest extends Omit<RolloutRequest, 'fileRoutes' | 'publishRoutes'> {
  /** Ids of the containers that stay. */
  keep: string[];
  /** Ids of those that go, dead ones too. */
  surplus: string[];
}

export interface DrainOptions {
  /**
   * Command run in every old container before the wait; `null`: none. `'auto'`: `touch /tmp/drain`, when the health
   * check mentions `/tmp/drain`.
   */
  hook: string[] | 'auto' | null;
  /** When it passes, what is still open is cut by the stop. */
  deadlineMs: number;
}
