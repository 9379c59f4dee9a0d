import { rm } from 'node:fs/promises';
import path from 'node:path';

import { UserError } from '@itsup/config';
import { parse } from 'yaml';

import type { System } from '../context';
import type { DynamicConfiguration } from '../rollout/types';
import { byCodeUnit } from '../sort';
import { PROXY_STACK } from '../stacks/model';
import { readFileOrNull, readJsonOrNull, writeFileAtomic } from '../state/atomic-file';
import { acquireLock } from '../state/lock';
import type { State } from '../state/state';
import { danglingReferences } from './dangling-references';
import { entriesOf, sameEntries, textOf, type Entries } from './entries';
import { RouteBook, type Files } from './route-book';
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
const LOCK_WAIT_MS = 60_000;

/** Containers of other users read these files. */
const MODES = { mode: 0o644, folderMode: 0o755 };

/**
 * The only writer of what the proxy serves. Static files change with the proxy's deploy; every route comes with the
 * deploy of its stack and goes after it, so that no stack is without a route that it needs and a stack that failed
 * keeps the routes it had.
 */
export class Publisher {
  private readonly desired: Files;
  /** By file, the text that was taken apart last: most of the time it is the same at every look. */
  private readonly parsed = new Map<string, { text: string; entries: Entries }>();
  private readonly texts = new Map<string, string>();
  private book: RouteBook;
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly state: State,
    private readonly system: System,
    private readonly files: PublishedFile[],
    private readonly owners: ReadonlyMap<string, Owner>,
  ) {
    this.desired = new Map(
      files.filter(isDynamic).map((file) => [file.path, this.entriesOf(file.path, file.text)]),
    );
    this.book = new RouteBook(this.desired, owners, new Map(), new Map());
  }

  /** @param files everything the proxy serves when the sources are deployed as they are */
  static async open(
    state: State,
    system: System,
    files: PublishedFile[],
    owners: ReadonlyMap<string, Owner>,
  ): Promise<Publisher> {
    const publisher = new Publisher(state, system, files, owners);
    await publisher.read();
    return publisher;
  }

  /** What the stack's deploy would change of the files, for the plan. */
  pending(stack: string): FileChange[] {
    const changes = this.book.pending(stack).map((file): FileChange => this.changeOf(file));
    if (stack === PROXY_STACK) {
      const differing = this.statics().filter(({ path: file, text }) => this.texts.get(file) !== text);
      changes.push(...differing.map(({ path: file }) => this.changeOf(file)));
    }
    return changes.sort((a, b) => byCodeUnit(a.path, b.path));
  }

  /** Some file holds a route of the stack. */
  hasRoutes(stack: string): boolean {
    return this.book.hasRoutes(stack);
  }

  /** A file as it is published now, and as it is to be; null: not there. */
  versionsOf(file: string): { present: string | null; desired: string | null } {
    const desired = this.files.find((candidate) => candidate.path === file)?.text ?? null;
    return { present: this.texts.get(file) ?? null, desired };
  }

  /** The static routers of one service, for its rollout; null: it has none in any file, before or after. */
  routesOf(stack: string, service: string): DynamicConfiguration | null {
    return this.book.routesOf(stack, service);
  }

  /**
   * Before any stack: what the proxy itself brings is there, and nothing is gone yet. Without the proxy in the run
   * only what is new comes, because a new route may need a new middleware.
   */
  begin(proxy: boolean): Promise<void> {
    return this.change((book) => {
      book.dropDeadRouters(entryPointNames(this.texts.get(STATIC_FILE) ?? ''));
      book.addProxys(!proxy);
    });
  }

  /**
   * Publishes what the proxy's containers read at their start. Routers whose entry points go with it serve nobody any
   * more and go too: Traefik takes each for an error, and a rollout waits for routes without one.
   * @param except a file that somebody else publishes when its time has come
   */
  publishStatic(except: string | null = null): Promise<void> {
    return this.change(async (book) => {
      for (const { path: file, text } of this.statics().filter((one) => one.path !== except)) {
        await this.write(file, text);
        if (file === STATIC_FILE) book.dropDeadRouters(entryPointNames(text));
      }
    });
  }

  /** The stack is deployed: its routes are what the sources say, and its old ones go. */
  settle(stack: string): Promise<void> {
    return this.change((book) => book.settle(stack));
  }

  /** All stacks are done: what the proxy itself no longer has goes, also routes of external hosts that are gone. */
  finish(): Promise<void> {
    return this.settle(PROXY_STACK);
  }

  /** The stack is taken down: none of its routes stays, whatever the sources say. */
  dropStack(stack: string): Promise<void> {
    return this.change((book) => book.dropStack(stack));
  }

  /** Puts exactly these routes of a service in place of the ones before. */
  publishService(stack: string, service: string, routes: DynamicConfiguration): Promise<void> {
    return this.change((book) => book.replaceService(stack, service, routes));
  }

  /**
   * One writer at a time, in this process and in others: each starts from what the one before left, or it would take
   * its routes away.
   */
  private change(act: (book: RouteBook) => void | Promise<void>): Promise<void> {
    const result = this.queue.then(async () => {
      const lock = await acquireLock({
        file: path.join(this.state.dir, 'published.lock'),
        what: 'the published routes',
        command: 'publish',
        waitMs: LOCK_WAIT_MS,
        system: this.system,
      });
      try {
        await this.read();
        await act(this.book);
        await this.flush();
      } catch (error) {
        // What was not written is not there.
        await this.read();
        throw error;
      } finally {
        await lock.release();
      }
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async read(): Promise<void> {
    const index = await readJsonOrNull<PublishedIndex>(this.indexFile(), 1);
    const present: Files = new Map();
    this.texts.clear();
    for (const file of new Set([...(index?.files ?? []), ...this.files.map((one) => one.path)])) {
      const text = await readFileOrNull(path.join(this.state.dir, file));
      if (text === null) continue;
      this.texts.set(file, text);
      if (isDynamic({ path: file })) present.set(file, this.entriesOf(file, text));
    }
    this.book = new RouteBook(
      this.desired,
      this.owners,
      present,
      new Map(Object.entries(index?.owners ?? {})),
    );
  }

  /** Writes the files whose entries changed. Nothing is written that refers to what is not there. */
  private async flush(): Promise<void> {
    const { present, presentOwners } = this.book;
    const dangling = danglingReferences([...present.values()]);
    if (dangling.length > 0) {
      throw new UserError({
        code: 'dangling-route',
        severity: 'error',
        message: `the routes to publish refer to what no file defines: ${dangling.join(', ')}`,
        help: 'deploy the proxy too: nx run-many -t deploy',
      });
    }
    for (const [file, entries] of present) {
      const generated = this.desired.get(file);
      const before = this.texts.get(file);
      if (generated === undefined && entries.size === 0) {
        await rm(path.join(this.state.dir, file), { force: true });
        this.texts.delete(file);
      } else if (before === undefined || !sameEntries(this.entriesOf(file, before), entries)) {
        const isWhole = generated !== undefined && sameEntries(entries, generated);
        const text = isWhole ? (this.versionsOf(file).desired ?? '') : textOf(entries);
        await this.write(file, text);
        this.parsed.set(file, { text, entries: new Map(entries) });
      }
    }
    await this.writeIndex({
      version: 1,
      files: [...this.texts.keys()].sort(),
      owners: Object.fromEntries(presentOwners),
    });
  }

  private async write(file: string, text: string): Promise<void> {
    if (this.texts.get(file) === text) return;
    await writeFileAtomic(path.join(this.state.dir, file), text, MODES);
    this.texts.set(file, text);
  }

  private async writeIndex(index: PublishedIndex): Promise<void> {
    const text = `${JSON.stringify(index)}\n`;
    if ((await readFileOrNull(this.indexFile())) === text) return;
    await writeFileAtomic(this.indexFile(), text, { sync: false });
  }

  /** A map of the caller's own. */
  private entriesOf(file: string, text: string): Entries {
    const known = this.parsed.get(file);
    if (known?.text === text) return new Map(known.entries);
    const entries = readable(text);
    this.parsed.set(file, { text, entries });
    return new Map(entries);
  }

  private statics(): PublishedFile[] {
    return this.files.filter((file) => !isDynamic(file));
  }

  private changeOf(file: string): FileChange {
    return { path: file, action: this.texts.has(file) ? 'update' : 'create' };
  }

  private indexFile(): string {
    return path.join(this.state.dir, 'published.json');
  }
}

/** Entries of a published file; one that somebody broke by hand counts as empty, and is written anew. */
function readable(text: string): Entries {
  try {
    return entriesOf(text);
  } catch {
    return new Map();
  }
}

function entryPointNames(text: string): Set<string> {
  const { entryPoints = {} } = (parse(text, { merge: true }) ?? {}) as { entryPoints?: object };
  return new Set(Object.keys(entryPoints));
}

function isDynamic(file: { path: string }): boolean {
  return file.path.startsWith(DYNAMIC);
}
