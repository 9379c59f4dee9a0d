import { rm } from 'node:fs/promises';
import path from 'node:path';

import { UserError } from '@itsup/config';
import { parse } from 'yaml';

import type { System } from '../context';
import type { DynamicConfiguration } from '../rollout/types';
import { byCodeUnit } from '../sort';
import { readFileOrNull, readJsonOrNull, writeFileAtomic } from '../state/atomic-file';
import { acquireLock } from '../state/lock';
import type { State } from '../state/state';
import { danglingReferences } from './dangling-references';
import { entriesOf, entryKey, entryPath, sameEntries, textOf, type Entries } from './entries';
import type { Owner } from './route-owners';

/** A file that the proxy's containers read, by its path in the state folder. */
export interface PublishedFile {
  path: string;
  text: string;
}

/** What this layer published, so that it removes nothing else and knows whose routes it finds. */
interface PublishedIndex {
  version: 1;
  files: string[];
  owners: Record<string, Owner>;
}

export interface FileChange {
  path: string;
  action: 'create' | 'update' | 'remove';
}

/** Traefik's static configuration. */
export const STATIC_FILE = 'traefik/traefik.yml';
const DYNAMIC = 'traefik/dynamic/';
const FILE_OF_SECTION = {
  http: `${DYNAMIC}routers-http.yml`,
  tcp: `${DYNAMIC}routers-tcp.yml`,
  udp: `${DYNAMIC}routers-udp.yml`,
} as const;

const LOCK_WAIT_MS = 60_000;

/** Containers of other users read these files. */
const MODES = { mode: 0o644, folderMode: 0o755 };

/**
 * The only writer of what the proxy serves. Static files change with the proxy's deploy; every route comes with the
 * deploy of its stack and goes after it, so that no stack is without a route that it needs and a stack that failed
 * keeps the routes it had.
 */
export class Publisher {
  private readonly desired: Map<string, Entries>;
  private readonly present = new Map<string, Entries>();
  private readonly presentText = new Map<string, string>();
  private index: PublishedIndex = { version: 1, files: [], owners: {} };
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly state: State,
    private readonly system: System,
    private readonly files: PublishedFile[],
    private readonly owners: ReadonlyMap<string, Owner>,
  ) {
    this.desired = new Map(files.filter(isDynamic).map((file) => [file.path, entriesOf(file.text)]));
  }

  /** @param files everything the proxy serves when the sources are deployed as they are */
  static async open(
    state: State,
    system: System,
    files: PublishedFile[],
    owners: ReadonlyMap<string, Owner>,
  ): Promise<Publisher> {
    const publisher = new Publisher(state, system, files, owners);
    await publisher.readPresent();
    return publisher;
  }

  /** What settling the stack would change, for the plan. */
  pending(stack: string, proxy: boolean): FileChange[] {
    const changes: FileChange[] = [];
    if (proxy) {
      for (const file of this.files.filter((candidate) => !isDynamic(candidate))) {
        const present = this.presentText.get(file.path);
        if (present !== file.text)
          changes.push({ path: file.path, action: present === undefined ? 'create' : 'update' });
      }
    }
    for (const file of this.dynamicPaths()) {
      const next = this.settled(file, (owner) => (proxy ? isProxys(owner) : owner?.stack === stack));
      const present = this.present.get(file);
      if (present === undefined ? next.size > 0 || proxy : !sameEntries(present, next)) {
        changes.push({ path: file, action: present === undefined ? 'create' : 'update' });
      }
    }
    return changes.sort((a, b) => byCodeUnit(a.path, b.path));
  }

  /**
   * Before any stack: what the proxy itself brings is there, and nothing is gone yet. Without the proxy in the run
   * only what is new comes, because a new route may need a new middleware.
   */
  begin(proxy: boolean): Promise<void> {
    return this.exclusive(async () => {
      this.dropDeadRouters(entryPointNames(this.presentText.get(STATIC_FILE) ?? ''));
      for (const file of this.dynamicPaths()) {
        const present = this.presentOf(file);
        for (const [key, value] of this.desired.get(file) ?? []) {
          const mayCome = isProxys(this.owners.get(key) ?? null) || this.ownerOf(key) === null;
          if (mayCome && (proxy ? true : this.ownerOf(key) === null && !present.has(key))) {
            this.put(file, key, value);
          }
        }
      }
      await this.flush();
    });
  }

  /**
   * Publishes what the proxy's containers read at their start. Routers whose entry points go with it serve nobody any
   * more and go too: Traefik takes each for an error, and a rollout waits for routes without one.
   * @param except a file that somebody else publishes when its time has come
   */
  publishStatic(except: string | null = null): Promise<void> {
    return this.exclusive(async () => {
      for (const { path: file, text } of this.files.filter((one) => !isDynamic(one) && one.path !== except)) {
        await this.write(file, text);
        if (file === STATIC_FILE) this.dropDeadRouters(entryPointNames(text));
      }
      await this.flush();
    });
  }

  /** A file as it is published now, and as it is to be; null: not there. */
  versionsOf(file: string): { present: string | null; desired: string | null } {
    return {
      present: this.presentText.get(file) ?? null,
      desired: this.files.find((candidate) => candidate.path === file)?.text ?? null,
    };
  }

  /** The stack is deployed: its routes are what the sources say, and its old ones go. */
  settle(stack: string): Promise<void> {
    return this.replace((owner) => owner?.stack === stack);
  }

  /** The stack is taken down: none of its routes stays, whatever the sources say. */
  dropStack(stack: string): Promise<void> {
    return this.exclusive(async () => {
      for (const [file, entries] of this.present) {
        for (const key of [...entries.keys()]) if (this.ownerOf(key)?.stack === stack) this.drop(file, key);
      }
      await this.flush();
    });
  }

  /** All stacks are done: what the proxy itself no longer has goes, also routes of external hosts that are gone. */
  finish(): Promise<void> {
    return this.replace(isProxys);
  }

  /** The static routers of one service, for its rollout; null: it has none in any file, before or after. */
  routesOf(stack: string, service: string): DynamicConfiguration | null {
    const routes: DynamicConfiguration = {};
    let found = false;
    for (const section of ['http', 'tcp', 'udp'] as const) {
      for (const [key, value] of this.desired.get(FILE_OF_SECTION[section]) ?? []) {
        const owner = this.owners.get(key);
        if (owner?.stack !== stack || owner.service !== service) continue;
        const [, kind, name] = JSON.parse(key) as [string, 'routers', string];
        ((routes[section] ??= {})[kind] ??= {})[name] = value as Record<string, unknown>;
        found = true;
      }
    }
    return found || this.hasPresent(stack, service) ? routes : null;
  }

  /** Puts exactly these routes of a service in place of the ones before. */
  publishService(stack: string, service: string, routes: DynamicConfiguration): Promise<void> {
    return this.exclusive(async () => {
      const owner: Owner = { stack, service };
      for (const section of ['http', 'tcp', 'udp'] as const) {
        const file = FILE_OF_SECTION[section];
        const wanted: Entries = new Map();
        for (const [kind, objects] of Object.entries(routes[section] ?? {})) {
          for (const [name, value] of Object.entries(objects as Record<string, unknown>)) {
            wanted.set(entryKey(section, kind, name), value);
          }
        }
        for (const key of [...(this.present.get(file)?.keys() ?? [])]) {
          const present = this.ownerOf(key);
          if (present?.stack === stack && present.service === service && !wanted.has(key))
            this.drop(file, key);
        }
        for (const [key, value] of wanted) this.put(file, key, value, owner);
      }
      await this.flush();
    });
  }

  private replace(mine: (owner: Owner | null) => boolean): Promise<void> {
    return this.exclusive(async () => {
      for (const file of this.dynamicPaths()) {
        const next = this.settled(file, mine);
        for (const key of [...this.presentOf(file).keys()]) if (!next.has(key)) this.drop(file, key);
        for (const [key, value] of next) this.put(file, key, value);
      }
      await this.flush();
    });
  }

  /** What the file holds when the chosen owners' entries are as the sources say, and the others as they are. */
  private settled(file: string, mine: (owner: Owner | null) => boolean): Entries {
    const present = this.present.get(file) ?? new Map<string, unknown>();
    const desired = this.desired.get(file) ?? new Map<string, unknown>();
    const next: Entries = new Map();
    for (const key of new Set([...present.keys(), ...desired.keys()])) {
      const source = mine(this.ownerNow(key)) ? desired : present;
      if (source.has(key)) next.set(key, source.get(key));
    }
    return next;
  }

  /** By the sources; an entry that they do not name any more has the owner that it was published with. */
  private ownerNow(key: string): Owner | null {
    return this.owners.get(key) ?? this.index.owners[key] ?? null;
  }

  /** By what was published; an entry that is only desired has the owner that the sources say. */
  private ownerOf(key: string): Owner | null {
    return this.index.owners[key] ?? this.owners.get(key) ?? null;
  }

  /** An entry that the sources do not name keeps the owner it was published with. */
  private put(file: string, key: string, value: unknown, owner = this.ownerNow(key)): void {
    this.presentOf(file).set(key, value);
    if (owner !== null) this.index.owners[key] = owner;
  }

  private drop(file: string, key: string): void {
    this.present.get(file)?.delete(key);
    delete this.index.owners[key];
  }

  private presentOf(file: string): Entries {
    const entries = this.present.get(file) ?? new Map<string, unknown>();
    this.present.set(file, entries);
    return entries;
  }

  /** Some file holds a route of the stack. */
  hasRoutes(stack: string): boolean {
    return Object.values(this.index.owners).some((owner) => owner.stack === stack);
  }

  private dropDeadRouters(entryPoints: ReadonlySet<string>): void {
    if (entryPoints.size === 0) return;
    for (const [file, entries] of this.present) {
      for (const [key, value] of [...entries]) {
        const points =
          entryPath(key)[1] === 'routers' ? (value as { entryPoints?: string[] }).entryPoints : undefined;
        if (points?.length && points.every((point) => !entryPoints.has(point))) this.drop(file, key);
      }
    }
  }

  private hasPresent(stack: string, service: string): boolean {
    return Object.values(this.index.owners).some(
      (owner) => owner.stack === stack && owner.service === service,
    );
  }

  private dynamicPaths(): string[] {
    return [
      ...new Set([...this.desired.keys(), ...this.index.files.filter((file) => file.startsWith(DYNAMIC))]),
    ].sort();
  }

  private async readPresent(): Promise<void> {
    this.present.clear();
    this.presentText.clear();
    const index = await readJsonOrNull<PublishedIndex>(this.indexFile(), 1);
    if (index !== null) this.index = index;
    for (const file of new Set([...this.index.files, ...this.files.map(({ path: name }) => name)])) {
      const text = await readFileOrNull(path.join(this.state.dir, file));
      if (text === null) continue;
      this.presentText.set(file, text);
      if (isDynamic({ path: file })) this.present.set(file, entriesOf(text));
    }
  }

  /** Writes the files whose entries changed. Nothing is written that refers to what is not there. */
  private async flush(): Promise<void> {
    const dangling = danglingReferences([...this.present.values()]);
    if (dangling.length > 0) {
      throw new UserError({
        code: 'dangling-route',
        severity: 'error',
        message: `the routes to publish refer to what no file defines: ${dangling.join(', ')}`,
        help: 'deploy the proxy too: nx run-many -t deploy',
      });
    }
    for (const [file, entries] of this.present) {
      const generated = this.desired.get(file);
      const text = generated && sameEntries(entries, generated) ? this.textOfFile(file) : textOf(entries);
      const before = this.presentText.get(file);
      // A file that differs in comments alone is as good as written.
      if (before !== undefined && before !== text && sameEntries(entriesOf(before), entries)) continue;
      await this.write(file, text);
    }
    for (const file of this.index.files) {
      if (this.files.some((wanted) => wanted.path === file) || (this.present.get(file)?.size ?? 0) > 0)
        continue;
      await rm(path.join(this.state.dir, file), { force: true });
      this.present.delete(file);
      this.presentText.delete(file);
    }
    const files = [...this.presentText.keys()].sort();
    await this.writeIndex({ ...this.index, files });
  }

  private textOfFile(file: string): string {
    return this.files.find((candidate) => candidate.path === file)?.text ?? '';
  }

  private async write(file: string, text: string): Promise<void> {
    if (this.presentText.get(file) === text) return;
    await writeFileAtomic(path.join(this.state.dir, file), text, MODES);
    this.presentText.set(file, text);
  }

  private async writeIndex(index: PublishedIndex): Promise<void> {
    this.index = index;
    const text = `${JSON.stringify(index)}\n`;
    if ((await readFileOrNull(this.indexFile())) !== text)
      await writeFileAtomic(this.indexFile(), text, { sync: false });
  }

  private indexFile(): string {
    return path.join(this.state.dir, 'published.json');
  }

  /**
   * One writer at a time, in this process and in others: each starts from what the one before left, or it would take
   * its routes away.
   */
  private exclusive(run: () => Promise<void>): Promise<void> {
    const result = this.queue.then(async () => {
      const lock = await acquireLock({
        file: path.join(this.state.dir, 'published.lock'),
        what: 'the published routes',
        command: 'publish',
        waitMs: LOCK_WAIT_MS,
        system: this.system,
      });
      try {
        await this.readPresent();
        await run();
      } finally {
        await lock.release();
      }
    });
    this.queue = result.catch(() => undefined);
    return result;
  }
}

function entryPointNames(text: string): Set<string> {
  const { entryPoints = {} } = (parse(text, { merge: true }) ?? {}) as { entryPoints?: object };
  return new Set(Object.keys(entryPoints));
}

function isDynamic(file: { path: string }): boolean {
  return file.path.startsWith(DYNAMIC);
}

/** The proxy's own entries, and routes of external hosts, which no stack of their own brings. */
function isProxys(owner: Owner | null): boolean {
  return owner === null || owner.service === null;
}
