import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

export interface SimulatedRouter {
  rule: string;
  priority?: number;
  service: string;
  /** Addresses; with a port where it is a listener on the loopback. */
  servers: string[];
}

interface Served {
  /** Middleware markers of pins. */
  markers: string[];
  routers: Record<string, SimulatedRouter>;
}

interface DynamicFile {
  http: {
    routers: Record<string, { rule: string; priority?: number; service: string }>;
    services: Record<string, { loadBalancer: { servers: { url: string }[] } }>;
    middlewares?: Record<string, unknown>;
  };
}

/** Milliseconds from a change until Traefik serves it. */
const LAG_MS = 120;

/**
 * The routers of a Traefik that follows its dynamic folder, and one router of labels, with a lag. The longest rule
 * wins, of equals the file provider's.
 */
export class SimulatedRoutes {
  private served: Served = { markers: [], routers: {} };
  /** What was read and is not applied yet, in the order of reading. */
  private readonly pending: { at: number; routes: Served }[] = [];
  private readonly files = new Map<string, DynamicFile>();

  constructor(private readonly dynamicFolder: string) {}

  /** Reads the folder, and applies what was read long enough ago. */
  follow(now: number, ofLabels: SimulatedRouter | null): void {
    const routes = this.read(ofLabels);
    const target = this.pending.at(-1)?.routes ?? this.served;
    if (JSON.stringify(routes) !== JSON.stringify(target)) this.pending.push({ at: now + LAG_MS, routes });
    while (this.pending[0] && now >= this.pending[0].at) {
      this.served = this.pending.shift()?.routes ?? this.served;
    }
  }

  /** The router with exactly this rule. */
  withRule(wanted: string): SimulatedRouter | undefined {
    return Object.values(this.served.routers).find(({ rule }) => rule === wanted);
  }

  /** The router that gets a request for the host; undefined: 404. */
  chosenFor(host: string): SimulatedRouter | undefined {
    const matching = Object.entries(this.served.routers).filter(([, { rule }]) =>
      rule.includes(`\`${host}\``),
    );
    const priorityOf = ({ rule, priority }: SimulatedRouter): number => priority ?? rule.length;
    const highest = Math.max(...matching.map(([, router]) => priorityOf(router)));
    const best = matching.filter(([, router]) => priorityOf(router) === highest);
    const [, chosen] = best.find(([name]) => name.endsWith('@file')) ?? best[0] ?? [];
    return chosen;
  }

  /** Traefik's API. */
  api(path: string): { status: number; body: string } {
    const marker = /^\/api\/http\/middlewares\/(.*)@file$/.exec(decodeURIComponent(path))?.[1];
    if (marker !== undefined) return { status: this.served.markers.includes(marker) ? 200 : 404, body: '{}' };
    const routers: Record<string, unknown> = {};
    const services: Record<string, unknown> = {};
    for (const [name, { rule, service, servers }] of Object.entries(this.served.routers)) {
      routers[name] = { rule, service, status: 'enabled' };
      services[`${service}@${name.split('@')[1]}`] = {
        loadBalancer: {
          servers: servers.map((address) => ({
            url: `http://${address.includes(':') ? address : `${address}:8080`}`,
          })),
        },
      };
    }
    return { status: 200, body: JSON.stringify({ routers, services }) };
  }

  private read(ofLabels: SimulatedRouter | null): Served {
    const routers: Served['routers'] = {};
    if (ofLabels) routers['web@docker'] = ofLabels;
    const markers: string[] = [];
    for (const name of readdirSync(this.dynamicFolder).sort()) {
      if (!name.endsWith('.yml')) continue;
      const { http } = this.parsed(readFileSync(join(this.dynamicFolder, name), 'utf8'));
      markers.push(...Object.keys(http.middlewares ?? {}));
      for (const [router, { rule, priority, service }] of Object.entries(http.routers)) {
        const servers = http.services[service]?.loadBalancer.servers ?? [];
        routers[`${router}@file`] = {
          rule,
          ...(priority !== undefined && { priority }),
          service,
          servers: servers.map(({ url }) => {
            const { hostname, host } = new URL(url);
            return hostname.startsWith('127.') ? host : hostname;
          }),
        };
      }
    }
    return { markers, routers };
  }

  private parsed(text: string): DynamicFile {
    const known = this.files.get(text) ?? (parse(text) as DynamicFile);
    this.files.set(text, known);
    return known;
  }
}
