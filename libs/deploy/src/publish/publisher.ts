import { rm } from 'node:fs/promises';
import path from 'node:path';

import { compareText, UserError } from '@itsup/config';
import { subtree, treeOfText } from '@itsup/traefik';
import { parse } from 'yaml';

import type { System } from '../context';
import type { DynamicConfiguration } from '@itsup/rollout';
import { PROXY_STACK } from '../requests';
import { readFileOrNull, removeUnfinished, writeFileAtomic } from '../state/atomic-file';
import { acquireLock, SHORT_LOCK_WAIT_MS } from '../state/lock';
import type { State } from '../state/state';
import { danglingReferences } from './dangling-references';
import { readableEntries, sameEntries, textOf, type Entries } from './entries';
import { readForeign } from './foreign-files';
import { isDynamic, STATIC_FILE, type FileChange, type PublishedFile } from './published-file';
import { readIndex, writeIndex } from './published-index';
import { namesIn, type Use } from './references';
import { RouteBook, type Files } from './route-book';
import type { Owner } from './route-owners';
import { stillUsed, type HeldObject } from './still-used';

/** Containers of other users read these files; the folders that they mount are for them alone (`handToTraefik`). */
const MODES = { mode: 0o644, folderMode: 0o750 };

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
  /** Entries that are to go and that somebody needs. */
  private held: ReadonlySet<string> = new Set();
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly state: State,
    private readonly system: System,
    private readonly files: PublishedFile[],
    private readonly owners: ReadonlyMap<string, Owner>,
    private readonly broken: ReadonlySet<string>,
  ) {
    this.desired = new Map(
      files.filter(isDynamic).map((file) => [file.path, this.entriesOf(file.path, file.text)]),
    );
    this.book = new RouteBook(this.desired, owners, new Map(), new Map());
  }

  /**
   * @param files everything the proxy serves when the sources are deployed as they are
   * @param broken stacks whose sources have errors: their routes stay as they were published
   */
  static async open(
    state: State,
    system: System,
    files: PublishedFile[],
    owners: ReadonlyMap<string, Owner>,
    broken: ReadonlySet<string> = new Set(),
  ): Promise<Publisher> {
    const publisher = new Publisher(state, system, files, owners, broken);
    await publisher.read();
    return publisher;
  }

  /** What the stack's deploy would change of the files, for the plan. */
  pending(stack: string): FileChange[] {
    const files = this.book.pending(stack);
    if (stack === PROXY_STACK) {
      const differing = this.statics().filter(({ path: file, text }) => this.texts.get(file) !== text);
      files.push(...differing.map(({ path: file }) => file));
    }
    return files.sort(compareText).map((file) => this.changeOf(file));
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
      // What the sources say of it has errors, so nothing of it comes.
      if (!this.broken.has(PROXY_STACK)) book.addProxys(!proxy);
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

  /**
   * The stack is deployed: its routes are what the sources say, and its old ones go. Of the proxy nothing goes: running
   * containers may still name what it brought.
   */
  settle(stack: string): Promise<void> {
    return this.change((book) => book.settle(stack));
  }

  /** Something of the proxy's, or of an external host, is published that the sources have no more. */
  hasRetired(): boolean {
    return this.book.retired().size > 0;
  }

  /** Which of that is still needed. From here on the plan counts it as no change. */
  async hold(labels: readonly Use[]): Promise<HeldObject[]> {
    const held = await this.heldBy(labels);
    this.held = new Set(held.map(({ key }) => key));
    await this.read();
    return held;
  }

  /**
   * All stacks are done: what the proxy itself no longer has goes, also routes of external hosts that are gone.
   * @param labels what running containers name
   * @returns what stays, because it is still needed
   */
  async finish(labels: readonly Use[]): Promise<HeldObject[]> {
    let held: HeldObject[] = [];
    await this.change(async (book) => {
      book.addProxys(false);
      held = await this.heldBy(labels);
      book.dropRetired(new Set(held.map(({ key }) => key)));
    });
    return held;
  }

  /** The stack is taken down: none of its routes stays, whatever the sources say. */
  dropStack(stack: string): Promise<void> {
    return this.change((book) => book.dropStack(stack));
  }

  /** Replaces the published routes of a service by exactly these. */
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
        waitMs: SHORT_LOCK_WAIT_MS,
        system: this.system,
      });
      try {
        await removeUnfinished(this.state.traefikDir);
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

  /**
   * Beside labels and our own entries, pins and files of the operator's may name them, and the static configuration.
   */
  private async heldBy(labels: readonly Use[]): Promise<HeldObject[]> {
    const others = await readForeign(
      this.state.dynamicDir,
      new Set(this.book.files().map((file) => path.basename(file))),
    );
    const own = this.book.staying().map(({ stack, value }) => ({ user: stack, names: namesIn(value) }));
    const traefik = { user: PROXY_STACK, names: namesIn(parse(this.texts.get(STATIC_FILE) ?? '')) };
    return stillUsed(this.book.retired(), [...labels, ...own, ...others, traefik]);
  }

  private async read(): Promise<void> {
    const index = await readIndex(this.state);
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
      { held: this.held, broken: this.broken },
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
        help: 'deploy the proxy too: itsup deploy',
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
    await writeIndex(this.state, {
      version: 1,
      files: [...this.texts.keys()].sort(),
      owners: Object.fromEntries(presentOwners),
    });
  }

  private async write(file: string, text: string): Promise<void> {
    if (this.texts.get(file) === text) return;
    await writeFileAtomic(path.join(this.state.dir, file), text, {
      ...MODES,
      temporaryFolder: this.state.traefikDir,
    });
    this.texts.set(file, text);
  }

  /** A map of the caller's own. */
  private entriesOf(file: string, text: string): Entries {
    const known = this.parsed.get(file);
    if (known?.text === text) return new Map(known.entries);
    const entries = readableEntries(text);
    this.parsed.set(file, { text, entries });
    return new Map(entries);
  }

  private statics(): PublishedFile[] {
    return this.files.filter((file) => !isDynamic(file));
  }

  private changeOf(file: string): FileChange {
    return { path: file, action: this.texts.has(file) ? 'update' : 'create' };
  }
}

function entryPointNames(text: string): Set<string> {
  return new Set(Object.keys(subtree(treeOfText(text), 'entryPoints')));
}
