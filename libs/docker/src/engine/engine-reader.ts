import { setMaxListeners } from 'node:events';
import { Agent, request, type IncomingMessage, type RequestOptions } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { DockerError } from '../fault/docker-error';

/**
 * Reads from the engine over its socket, which takes a thousandth of a second where the command takes a process. Where
 * there is no socket, or it does not answer as expected, the command is to be asked, whose messages are known.
 */
export interface EngineReader {
  /** null: there is none. */
  readonly socket: string | null;
  /**
   * @param title the command that it stands for
   * @returns the answer; `missing`: there is no such thing; null: ask the command
   * @throws DockerError `interrupted`, or `timeout` after as long as the command would have
   */
  get<Answer>(path: string, title: string, query?: Query): Promise<Found<Answer> | 'missing' | null>;
  /** Answers in the order of the paths, without what is missing; null: ask the command. Rejects as `get`. */
  getEach<Answer>(paths: string[], title: string): Promise<(Found<Answer> | 'missing')[] | null>;
  /**
   * The lines of an answer that has no end; null: ask the command. Ends with `signal` or with the reader's.
   * @throws DockerError when the engine goes away
   */
  lines(
    path: string,
    title: string,
    query: Query,
    signal?: AbortSignal,
  ): Promise<AsyncIterable<string> | null>;
}

export interface Found<Answer> {
  answer: Answer;
}

type Query = Record<string, string>;

/** Newest version of the API whose answers are known; an older engine is asked in its own. */
const NEWEST = [1, 51] as const;
/** An engine that works answers within a second. */
const TIMEOUT_MS = 60_000;
/** Questions at the same time. */
const CONNECTIONS = 8;

class NoAnswer extends Error {}

/** @param socket null: every question is the command's */
export function createReader(socket: string | null, signal?: AbortSignal): EngineReader {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  // Every question listens to it while it is open, and any number may be: no leak to warn of.
  if (signal !== undefined) setMaxListeners(0, signal);
  let version: Promise<string> | null = null;

  const ask = (options: RequestOptions): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const sent = request(
        { socketPath: socket ?? '', headers: { host: 'docker' }, agent, ...options },
        resolve,
      );
      sent.on('timeout', () => sent.destroy(new NoAnswer()));
      sent.on('error', reject);
      sent.end();
    });

  const versioned = async (path: string, query: Query): Promise<string> => {
    version ??= ask({ path: '/_ping', timeout: TIMEOUT_MS, signal }).then((response) => {
      response.resume();
      return versionOf(response.headers['api-version']);
    });
    // It may answer the next time.
    version.catch(() => (version = null));
    const text = new URLSearchParams(query).toString();
    return `${await version}${path}${text === '' ? '' : `?${text}`}`;
  };

  const get = async <Answer>(
    path: string,
    title: string,
    query: Query = {},
  ): Promise<Found<Answer> | 'missing' | null> => {
    if (socket === null) return null;
    try {
      const response = await ask({ path: await versioned(path, query), timeout: TIMEOUT_MS, signal });
      const text = await textOf(response);
      if (response.statusCode === 404) return 'missing';
      return response.statusCode === 200 ? { answer: JSON.parse(text) as Answer } : null;
    } catch (error) {
      if (signal?.aborted) throw new DockerError({ code: 'interrupted', command: title, signal: null });
      if (!(error instanceof NoAnswer)) return null;
      throw new DockerError({ code: 'timeout', command: title, seconds: TIMEOUT_MS / 1000 });
    }
  };

  return {
    socket,
    get,
    getEach: async <Answer>(paths: string[], title: string) => {
      const answers = await Promise.all(paths.map((path) => get<Answer>(path, title)));
      const known = answers.filter((answer) => answer !== null);
      return known.length === answers.length ? known : null;
    },
    lines: async (path, title, query, ending) => {
      if (socket === null) return null;
      const { signal: either, release } = firstOf([signal, ending]);
      try {
        const response = await ask({ path: await versioned(path, query), agent: false, signal: either });
        if (response.statusCode === 200) return linesOf(response, title, either, release);
        response.destroy();
      } catch {
        if (either.aborted) return NOTHING;
      }
      release();
      return null;
    },
  };
}

/** The part of a path; empty, which is the engine's newest, where it names none. */
function versionOf(named: string | string[] | undefined): string {
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(String(named)) ?? [];
  if (major === undefined || minor === undefined) return '';
  const isNewer = Number(major) > NEWEST[0] || (Number(major) === NEWEST[0] && Number(minor) > NEWEST[1]);
  return `/v${isNewer ? NEWEST.join('.') : `${major}.${minor}`}`;
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const NOTHING: AsyncIterable<string> = {
  async *[Symbol.asyncIterator]() {
    // Ended before it began.
  },
};

async function* linesOf(
  response: IncomingMessage,
  title: string,
  signal: AbortSignal,
  release: () => void,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of response) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.filter((line) => line.trim() !== '');
    }
  } catch (error) {
    if (signal.aborted) return;
    const { message: stderr } = error as Error;
    throw new DockerError({ code: 'command-failed', command: title, exitCode: null, stderr });
  } finally {
    release();
    response.destroy();
  }
}

/** Aborted with the first of these, and let go by `release`: the signal of a whole run outlives what it ends. */
function firstOf(signals: (AbortSignal | undefined)[]): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  for (const one of signals) {
    one?.addEventListener('abort', abort);
    if (one?.aborted) abort();
  }
  return {
    signal: controller.signal,
    release: () => signals.forEach((one) => one?.removeEventListener('abort', abort)),
  };
}
