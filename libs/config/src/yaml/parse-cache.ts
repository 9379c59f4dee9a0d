import { createHash, hash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { SourceFiles } from '../files/source-files';

interface Entry {
  /** What it depends on, apart from its files. */
  circumstances: string;
  /** Every file that was asked for, whether it was there or not, and what was found. */
  files: Record<string, string>;
  read: unknown;
}

interface CacheFile {
  code: string;
  entries: Record<string, Entry>;
}

/** Where this library's code is: the source folder, or what was built of it. */
const LIBRARY = join(__dirname, '..');
/** Names the exact versions of the parsers. */
const PACKAGE = '../package.json';
const FOLDER = 'node_modules';
const FILE = join(FOLDER, '.cache/itsup/parsed.json');

/**
 * What projects and settings came to the last time they were read, so that only those are parsed again of which a file
 * changed: reading a thousand files takes a moment, parsing them two seconds. An entry is good when every file that it
 * came from is as it was, byte for byte. It is kept where tools keep such things, beside the installed packages; a
 * workspace that has none has no cache, and one that cannot be read or written is no error.
 */
export class ParseCache {
  private readonly kept: Record<string, Entry> = {};
  private changed = false;

  private constructor(
    private readonly root: string,
    private readonly known: Record<string, Entry>,
  ) {}

  static open(root: string): ParseCache {
    try {
      const { code, entries } = JSON.parse(readFileSync(join(root, FILE), 'utf8')) as CacheFile;
      if (code === codeStamp()) return new ParseCache(root, entries);
    } catch {
      // There is none yet, or half of one.
    }
    return new ParseCache(root, {});
  }

  /**
   * What something came to; `read` is asked when that is not known.
   *
   * @param circumstances what it depends on, apart from the files that `read` asks for
   * @param isKept whether JSON can hold what was read
   */
  get<T>(
    name: string,
    circumstances: unknown,
    files: SourceFiles,
    read: () => T,
    isKept: (value: T) => boolean = () => true,
  ): T {
    const text = JSON.stringify(circumstances);
    const known = Object.hasOwn(this.known, name) ? this.known[name] : undefined;
    const isGood =
      known?.circumstances === text &&
      Object.entries(known.files).every(([file, found]) => stateOf(files, file) === found);
    if (known && isGood) {
      this.kept[name] = known;
      return known.read as T;
    }
    const { value, asked } = files.recording(read);
    if (!isKept(value)) return value;
    this.changed = true;
    this.kept[name] = {
      circumstances: text,
      files: Object.fromEntries(asked.map((file) => [file, stateOf(files, file)])),
      read: value,
    };
    return value;
  }

  /**
   * Keeps what was asked for since `open`, for the next process.
   *
   * @param isWhole everything was asked for: the rest is forgotten; without it the rest stays as it was
   */
  save({ isWhole }: { isWhole: boolean }): void {
    const entries = isWhole ? this.kept : { ...this.known, ...this.kept };
    const isSmaller = Object.keys(entries).length < Object.keys(this.known).length;
    if ((!this.changed && !isSmaller) || !existsSync(join(this.root, FOLDER))) return;
    const target = join(this.root, FILE);
    try {
      mkdirSync(dirname(target), { recursive: true });
      replace(target, JSON.stringify({ code: codeStamp(), entries } satisfies CacheFile));
    } catch {
      // The next process reads everything anew.
    }
  }
}

/**
 * Whoever reads meanwhile finds the old file or the new one. For its owner alone: the settings hold hashes of
 * passwords.
 */
function replace(target: string, text: string): void {
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A file as it is: where it really is, and its content or why it has none. */
function stateOf(files: SourceFiles, file: string): string {
  const { text, reason, realFile } = files.read(file);
  const content = text === null ? reason : hash('sha1', text, 'base64');
  return `${realFile}:${content}`;
}

let stamp: string | undefined;

/** Another build of this library, or another parser, may make something else of the same files. */
function codeStamp(): string {
  stamp ??= [...codeFiles(), join(LIBRARY, PACKAGE)]
    .map((file) => {
      const { size, mtimeMs } = statSync(file);
      return `${file} ${size} ${mtimeMs}`;
    })
    .reduce((hash, line) => hash.update(line), createHash('sha1'))
    .digest('base64');
  return stamp;
}

/** What of this library runs: neither its maps nor its declarations. */
function codeFiles(): string[] {
  return readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.d)\.[jt]s$/.test(name))
    .map((name) => join(LIBRARY, name));
}
