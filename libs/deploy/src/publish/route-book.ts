import type { DynamicConfiguration } from '@itsup/rollout';
import { PROXY_STACK } from '../requests';
import { canonicalJson } from '../desired/digest';
import { entryKey, entryPath, sameEntry, type Entries } from './entries';
import type { Owner } from './route-owners';

/** Entries of Traefik's dynamic files, by file. */
export type Files = Map<string, Entries>;

/** Where routers of each kind are, and where a rollout puts them. */
const FILE_OF_SECTION = {
  http: 'traefik/dynamic/routers-http.yml',
  tcp: 'traefik/dynamic/routers-tcp.yml',
  udp: 'traefik/dynamic/routers-udp.yml',
} as const;

const SECTIONS = ['http', 'tcp', 'udp'] as const;

/** What stays as it is published although the sources do not have it. */
export interface Exempt {
  /** Entries of the proxy's that somebody still needs. */
  held: ReadonlySet<string>;
  /** Stacks whose sources have errors: nobody knows what they want. */
  broken: ReadonlySet<string>;
}

const NOTHING_EXEMPT: Exempt = { held: new Set(), broken: new Set() };

/**
 * What is published, beside what the sources say, object by object with the stack that each comes and goes with. Pure:
 * reads and writes no file.
 */
export class RouteBook {
  /** By stack, the files in which something of it differs; computed when asked for. */
  private differences: Map<string, Set<string>> | null = null;

  constructor(
    /** What the files hold when the sources are deployed as they are. */
    readonly desired: Files,
    private readonly desiredOwners: ReadonlyMap<string, Owner>,
    readonly present: Files,
    /** Owners of what is published, as they were when it came. */
    readonly presentOwners: Map<string, Owner>,
    private readonly exempt: Exempt = NOTHING_EXEMPT,
  ) {
    // Earlier versions gave what routes share to one of them, and it went with that one's stack.
    for (const [file, entries] of present) {
      for (const key of entries.keys()) {
        if (desired.get(file)?.has(key) && !desiredOwners.has(key)) presentOwners.delete(key);
      }
    }
  }

  files(): string[] {
    return [...new Set([...this.desired.keys(), ...this.present.keys()])].sort();
  }

  /** Files that settling the stack would change; the proxy's are those of its own entries and of external hosts. */
  pending(stack: string): string[] {
    this.differences ??= this.findDifferences();
    return [...(this.differences.get(stack) ?? [])].sort();
  }

  /** The stack's entries become what the sources say. The proxy's that are to go wait for `dropRetired`. */
  settle(stack: string): void {
    if (stack === PROXY_STACK) this.addProxys(false);
    else this.replace((owner) => owner?.stack === stack);
    this.dropSuperseded(stack);
  }

  /** The proxy's own entries, and routes of external hosts, that are published and that the sources have no more. */
  retired(): Entries {
    const retired: Entries = new Map();
    this.each((file, key, value) => {
      const owner = this.ownerOf(key);
      if (!isProxys(owner) || this.exempt.broken.has(owner?.stack ?? '')) return;
      if (!this.desired.get(file)?.has(key)) retired.set(key, value);
    });
    return retired;
  }

  /** Those of them that nobody needs go. */
  dropRetired(needed: ReadonlySet<string>): void {
    const retired = this.retired();
    this.each((file, key) => {
      if (retired.has(key) && !needed.has(key) && !this.desired.get(file)?.has(key)) this.drop(file, key);
    });
  }

  /** What each stack's published entries hold; those that are to go left out. */
  staying(): { stack: string; value: unknown }[] {
    const retired = this.retired();
    const staying: { stack: string; value: unknown }[] = [];
    this.each((_file, key, value) => {
      const [section = '', kind = ''] = entryPath(key);
      const stack = this.ownerOf(key)?.stack ?? PROXY_STACK;
      if (!retired.has(key)) staying.push({ stack, value: { [section]: { [kind]: { value } } } });
    });
    return staying;
  }

  /** Some file holds an entry of the stack. */
  hasRoutes(stack: string): boolean {
    return [...this.presentOwners.values()].some((owner) => owner.stack === stack);
  }

  /** Nothing of the stack stays, whatever the sources say. */
  dropStack(stack: string): void {
    this.each((file, key) => {
      if (this.presentOwners.get(key)?.stack === stack) this.drop(file, key);
    });
  }

  /**
   * What the proxy brings comes, and nothing goes.
   * @param onlyNew leave what is there as it is
   */
  addProxys(onlyNew: boolean): void {
    for (const [file, entries] of this.desired) {
      // An empty file is there too, so that the operator finds all of them.
      if (!onlyNew && !this.present.has(file)) this.present.set(file, new Map());
      for (const [key, value] of entries) {
        const owner = this.desiredOwners.get(key) ?? null;
        if (!isProxys(owner)) continue;
        if (!onlyNew || (owner === null && !this.present.get(file)?.has(key)))
          this.put(file, key, value, owner);
      }
    }
  }

  /** Routers that no entry point is left for serve nobody. */
  dropDeadRouters(entryPoints: ReadonlySet<string>): void {
    if (entryPoints.size === 0) return;
    this.each((file, key, value) => {
      if (entryPath(key)[1] !== 'routers') return;
      const points = (value as { entryPoints?: string[] }).entryPoints ?? [];
      if (points.length > 0 && points.every((point) => !entryPoints.has(point))) this.drop(file, key);
    });
  }

  /** Everything in files that belongs to one service, as the sources say; null: nothing does, before or after. */
  routesOf(stack: string, service: string): DynamicConfiguration | null {
    const routes: DynamicConfiguration = {};
    let found = [...this.presentOwners.values()].some((owner) => isOf(owner, stack, service));
    for (const section of SECTIONS) {
      for (const [key, value] of this.desired.get(FILE_OF_SECTION[section]) ?? []) {
        if (!isOf(this.desiredOwners.get(key), stack, service)) continue;
        const [, kind = '', name = ''] = entryPath(key);
        const objects = (routes[section] ??= {}) as Record<string, Record<string, unknown>>;
        (objects[kind] ??= {})[name] = value;
        found = true;
      }
    }
    return found ? routes : null;
  }

  /** Exactly these entries take the place of the service's. */
  replaceService(stack: string, service: string, routes: DynamicConfiguration): void {
    const wanted = new Set<string>();
    for (const section of SECTIONS) {
      for (const [kind, objects] of Object.entries(routes[section] ?? {})) {
        for (const [name, value] of Object.entries(objects as Record<string, unknown>)) {
          const key = entryKey(section, kind, name);
          wanted.add(key);
          this.put(FILE_OF_SECTION[section], key, value, { stack, service });
        }
      }
    }
    this.each((file, key) => {
      if (isOf(this.presentOwners.get(key), stack, service) && !wanted.has(key)) this.drop(file, key);
    });
    this.dropSuperseded(stack);
  }

  /**
   * Removes routers of other stacks that are no longer in the sources and claim what a router of this stack claims: a
   * folder was renamed, or a route moved. Two of them would share the requests, and one leads nowhere.
   */
  private dropSuperseded(stack: string): void {
    const claims = new Set<string>();
    this.each((_file, key, value) => {
      if (this.presentOwners.get(key)?.stack === stack) claims.add(claimOf(key, value) ?? '');
    });
    this.each((file, key, value) => {
      const owner = this.presentOwners.get(key);
      const claim = claimOf(key, value);
      if (owner === undefined || owner.stack === stack || this.exempt.broken.has(owner.stack)) return;
      if (claim !== null && claims.has(claim) && !this.desired.get(file)?.has(key)) this.drop(file, key);
    });
  }

  private replace(mine: (owner: Owner | null) => boolean): void {
    this.each((file, key) => {
      if (mine(this.ownerOf(key)) && !this.desired.get(file)?.has(key)) this.drop(file, key);
    });
    for (const [file, entries] of this.desired) {
      for (const [key, value] of entries) {
        const owner = this.desiredOwners.get(key) ?? null;
        if (mine(owner)) this.put(file, key, value, owner);
      }
    }
  }

  private findDifferences(): Map<string, Set<string>> {
    const differences = new Map<string, Set<string>>();
    const note = (stack: string, file: string): void => {
      const files = differences.get(stack) ?? new Set();
      differences.set(stack, files.add(file));
    };
    for (const file of this.files()) {
      const present: Entries = this.present.get(file) ?? new Map();
      const desired: Entries = this.desired.get(file) ?? new Map();
      if (!this.present.has(file)) note(PROXY_STACK, file);
      for (const key of new Set([...present.keys(), ...desired.keys()])) {
        if (present.has(key) && desired.has(key) && sameEntry(present.get(key), desired.get(key))) continue;
        const owner = this.ownerOf(key);
        if (!desired.has(key) && this.isExempt(key, owner)) continue;
        if (owner !== null) note(owner.stack, file);
        if (isProxys(owner)) note(PROXY_STACK, file);
      }
    }
    return differences;
  }

  private isExempt(key: string, owner: Owner | null): boolean {
    return this.exempt.held.has(key) || this.exempt.broken.has(owner?.stack ?? '');
  }

  /** By the sources; what they do not name any more has the owner that it was published with. */
  private ownerOf(key: string): Owner | null {
    return this.desiredOwners.get(key) ?? this.presentOwners.get(key) ?? null;
  }

  private each(visit: (file: string, key: string, value: unknown) => void): void {
    for (const [file, entries] of this.present) {
      for (const [key, value] of [...entries]) visit(file, key, value);
    }
  }

  private put(file: string, key: string, value: unknown, owner: Owner | null): void {
    const entries = this.present.get(file) ?? new Map<string, unknown>();
    this.present.set(file, entries.set(key, value));
    if (owner === null) this.presentOwners.delete(key);
    else this.presentOwners.set(key, owner);
    this.differences = null;
  }

  private drop(file: string, key: string): void {
    this.present.get(file)?.delete(key);
    this.presentOwners.delete(key);
    this.differences = null;
  }
}

/** What a router asks for: entry points and rule; null: the entry is no router. */
function claimOf(key: string, value: unknown): string | null {
  const [section, kind] = entryPath(key);
  if (kind !== 'routers') return null;
  const { entryPoints = [], rule = '' } = value as { entryPoints?: string[]; rule?: string };
  return canonicalJson([section, [...entryPoints].sort(), rule]);
}

/** The proxy's own entries, and routes of external hosts, which no stack of their own brings. */
function isProxys(owner: Owner | null): boolean {
  return owner === null || owner.service === null;
}

function isOf(owner: Owner | undefined, stack: string, service: string): boolean {
  return owner?.stack === stack && owner.service === service;
}
