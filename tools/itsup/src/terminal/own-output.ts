import { writeSync } from 'node:fs';

/**
 * The `itsup` command shows our lines alone: Nx's frame around them, its list of tasks and its times belong to whoever
 * runs `nx`. What our workers write goes to the command as messages, past Nx, which passes on what it does not know to
 * the `send` of its own process; what Nx itself writes is kept, and shown where a run fails without a word of ours.
 */

/** Says to the workers of a run that somebody listens. */
const LISTENED = 'ITSUP_OWN_OUTPUT';

/** In the command: all that our workers wrote so far, as it was shown. */
let told = '';

export function toldSoFar(): string {
  return told;
}

interface OwnMessage {
  itsupOutput: string;
}

/** In a worker: writes text of ours, to the command where that listens, else to standard output. */
export function writeOwn(text: string): void {
  if (process.env[LISTENED] === undefined || process.send === undefined) process.stdout.write(text);
  else process.send({ itsupOutput: text } satisfies OwnMessage);
}

/** Nobody but us shows what a task has to say. */
export function isOwnOutput(): boolean {
  return process.env[LISTENED] !== undefined && process.send !== undefined;
}

/** In the command: from here on the process shows what our workers write, and Nx's own text only where it is needed. */
export function showOwnOutput(): void {
  const show = process.stdout.write.bind(process.stdout);
  let kept = '';
  let isTold = false;
  const keep = (chunk: string | Uint8Array): boolean => {
    kept += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };
  const swallow: typeof process.stdout.write = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ) => {
    const after = typeof encoding === 'function' ? encoding : done;
    if (after) process.nextTick(after);
    return keep(chunk);
  };
  process.stdout.write = swallow;
  process.stderr.write = swallow;
  process.env[LISTENED] = 'true';
  process.send = (message: unknown): boolean => {
    if (isOwnMessage(message)) {
      isTold = true;
      told += message.itsupOutput;
      show(message.itsupOutput);
    }
    return true;
  };
  process.once('exit', (code) => {
    if (code !== 0 && !isTold) writeSync(process.stderr.fd, kept);
  });
}

function isOwnMessage(message: unknown): message is OwnMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'itsupOutput' in message &&
    typeof message.itsupOutput === 'string'
  );
}
