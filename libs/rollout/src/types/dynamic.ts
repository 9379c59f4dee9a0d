/** Traefik's dynamic configuration; only objects that a rollout reads are named. */
export interface DynamicConfiguration {
  http?: DynamicSection;
  tcp?: DynamicSection;
  udp?: DynamicSection;
}

export interface DynamicSection {
  routers?: Record<string, Record<string, unknown>>;
  services?: Record<string, Record<string, unknown>>;
  middlewares?: Record<string, Record<string, unknown>>;
  serversTransports?: Record<string, Record<string, unknown>>;
}
