import { parseYaml, type ParsedYaml, type ParseOptions } from './parse-yaml';
import type { Place, Problem } from './problem';
import { MAX_FILE_BYTES, SourceFiles, type Unreadable } from './source-files';

/** The files of one workspace, each read and parsed at most once. */
export class YamlFiles extends SourceFiles {
  private readonly parsed = new Map<string, ParsedYaml>();

  /** Reads and parses; an unreadable file gives a problem at `place`, where it is named. */
  yaml(file: string, options: ParseOptions = {}, place?: Place): ParsedYaml {
    const { text, reason } = this.read(file);
    if (text === null) return { sources: [], problems: [unreadable(file, reason ?? 'missing', place)] };
    let parsed = this.parsed.get(file);
    if (!parsed) {
      parsed = parseYaml(file, text, options);
      this.parsed.set(file, parsed);
    }
    return parsed;
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
  denied: { code: 'file-denied', message: 'must not be read by this user', help: 'Change its permissions.' },
};

function unreadable(file: string, reason: Unreadable, place: Place | undefined): Problem {
  const { code, message, help } = REASONS[reason];
  return {
    code,
    severity: 'error',
    message: `\`${file}\` ${message}`,
    help,
    place: place ?? { file, line: 1, column: 1 },
  };
}
