import { ownerOf, type FileOwner } from '../files/file-owner';
import { parseYaml, type ParsedYaml, type ParseOptions } from './parse-yaml';
import type { Place, Problem } from '../problem/problem';
import { COMPOSE_FILES, INGRESS_FILES } from '../files/project-folder';
import { MAX_FILE_BYTES, SourceFiles, type Unreadable } from '../files/source-files';

/** The files of one workspace, each read and parsed at most once. */
export class YamlFiles extends SourceFiles {
  private readonly parsed = new Map<string, ParsedYaml>();

  /**
   * Reads and parses; an unreadable file gives a problem at `place`, where it is named.
   *
   * @param owner the project whose source it is to be, which not every file may be; absent: the host's settings.
   *   Nothing is quoted of a file outside of the project's own folder
   */
  yaml(file: string, options: ParseOptions = {}, place?: Place, owner?: string): ParsedYaml {
    const refusal = owner === undefined ? null : this.refusal(file, owner);
    if (refusal !== null) return { sources: [], problems: [{ ...refusal, place: place ?? startOf(file) }] };
    const { text, reason, found, damagedAt } = this.read(file);
    if (text === null)
      return { sources: [], problems: [unreadable(file, reason ?? 'missing', found, place)] };
    if (damagedAt !== undefined) return { sources: [], problems: [notUtf8(file, text, damagedAt)] };
    let parsed = this.parsed.get(file);
    if (!parsed) {
      const withheld = owner !== undefined && !this.isOwn(file, owner);
      parsed = parseYaml(file, text, { ...options, withheld });
      this.parsed.set(file, parsed);
    }
    return parsed;
  }

  /** The file, links followed, is in the project's own folder. */
  isOwn(file: string, project: string): boolean {
    return this.read(file).realFile.startsWith(`projects/${project}/`);
  }

  /** A folder of `projects/` that holds one of the files that make it a project. */
  isProject(name: string): boolean {
    return [...COMPOSE_FILES, ...INGRESS_FILES].some(
      (file) => this.read(`projects/${name}/${file}`).reason !== 'missing',
    );
  }

  /** Why a file cannot be the project's source, whatever is in it. */
  private refusal(file: string, project: string): Omit<Problem, 'place'> | null {
    const { realFile, reason } = this.read(file);
    if (reason === 'missing' || reason === 'outside') return null;
    const owner = ownerOf(realFile);
    if (owner.kind === 'shared') return null;
    if (owner.kind === 'project' && (owner.name === project || !this.isProject(owner.name))) return null;
    return foreignFile(file, realFile, owner);
  }

  override forget(folder: string): void {
    super.forget(folder);
    for (const file of this.parsed.keys()) {
      if (file.startsWith(`${folder}/`)) this.parsed.delete(file);
    }
  }
}

const REASONS: Record<Unreadable, { code: string; message: string; help: string }> = {
  missing: {
    code: 'file-not-found',
    message: 'does not exist',
    help: 'Mind that paths are relative to the file.',
  },
  outside: {
    code: 'outside-workspace',
    message: 'leads out of the workspace',
    help: 'Move the file into the workspace: what git does not track here is not the same on the next machine.',
  },
  'not-a-file': { code: 'not-a-file', message: 'is not a file', help: 'Name a YAML file.' },
  'too-big': {
    code: 'file-too-big',
    message: `is larger than ${MAX_FILE_BYTES / 1024} KiB`,
    help: 'Keep data out of configuration files; split a file that is this long.',
  },
  private: { code: 'foreign-file', message: 'is nobody’s source', help: 'Name a YAML file.' },
  unreadable: {
    code: 'file-unreadable',
    message: 'cannot be read',
    help: 'See whether the disk or the mount that holds it works.',
  },
  denied: { code: 'file-denied', message: 'must not be read by this user', help: 'Change its permissions.' },
};

const DANGLING = {
  code: 'file-not-found',
  message: 'is a symbolic link to what is not there:',
  help: 'Correct the link, or remove it.',
};

function unreadable(
  file: string,
  reason: Unreadable,
  found: string | undefined,
  place: Place | undefined,
): Problem {
  const { code, message, help } = reason === 'missing' && found !== undefined ? DANGLING : REASONS[reason];
  const word = reason === 'not-a-file' ? ' but ' : reason === 'missing' ? ' ' : ': ';
  const detail = found === undefined ? '' : `${word}${found}`;
  return {
    code,
    severity: 'error',
    message: `\`${file}\` ${message}${detail}`,
    help,
    place: place ?? startOf(file),
  };
}

/** Compose refuses such a file, and what we would put in the byte's place nobody has written. */
function notUtf8(file: string, text: string, at: number): Problem {
  const before = text.slice(0, at).split(/\r\n|\r|\n/);
  // The byte order mark, which no other encoding begins with.
  const isUtf16 = at === 0 && text.startsWith('\ufffd\ufffd') && text.includes('\0');
  return {
    code: 'not-utf-8',
    severity: 'error',
    message: isUtf16
      ? `\`${file}\` is UTF-16, as some editors of Windows write it, and has to be UTF-8`
      : `\`${file}\` is not UTF-8: here is a character of another encoding`,
    help: `Save the file as UTF-8; ${isUtf16 ? 'or: iconv -f utf-16' : 'of Latin-1: iconv -f latin1'} -t utf-8.`,
    place: { file, line: before.length, column: (before.at(-1) ?? '').length + 1 },
  };
}

function startOf(file: string): Place {
  return { file, line: 1, column: 1 };
}

const WHOSE: Record<Exclude<FileOwner['kind'], 'shared'>, string> = {
  private: 'which is no source of any project',
  host: 'which is the host’s',
  project: 'which is another project’s',
};

function foreignFile(file: string, real: string, owner: FileOwner): Omit<Problem, 'place'> {
  const whose = owner.kind === 'shared' ? '' : WHOSE[owner.kind];
  const what = real === file ? `\`${file}\`, ${whose},` : `\`${file}\` leads to \`${real}\`, ${whose}, and`;
  return {
    code: 'foreign-file',
    severity: 'error',
    message: `${what} cannot be read for this project`,
    help: 'Keep it in the project’s own folder; what several projects read belongs into a folder outside of `projects/`.',
  };
}
