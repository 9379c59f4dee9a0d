import { posix } from 'node:path';
import { below, type BaseFolder } from './compose-layer';
import type { ComposeFile, ComposeService } from '../../schema/compose-schema';
import { expandedPath, isVariable, type Variables } from './expanded-path';
import { namedCredentials } from '../../yaml/credentials';
import { isMapping } from '../../yaml/is-mapping';
import { schemas } from '../../schema/late-schemas';
import { withoutText } from '../../yaml/parse-yaml';
import type { NamedPath, NamedVariable } from '../../model';
import type { Place, Problem } from '../../problem/problem';
import { isOutside } from '../../files/source-files';
import type { YamlFiles } from '../../yaml/yaml-files';
import type { YamlSource } from '../../yaml/yaml-source';

/** One document of a Compose file, without the parts whose shape is wrong. */
export interface ComposeDocument {
  source: YamlSource;
  content: ComposeFile;
  /** Services that are left out of `content` because their shape is wrong. */
  broken: ReadonlySet<string>;
}

/** The Compose files that one project is made of, each opened once and its problems reported once. */
export class ComposeDocuments {
  readonly problems: Problem[] = [];
  /** Every file that was asked for, and what symbolic links lead to; whether it could be read or not. */
  readonly files = new Set<string>();
  /** Something was there that could not be read. */
  partial = false;
  /** What they name on this machine. */
  readonly paths: NamedPath[] = [];
  /** What they take from the environment that is a credential. */
  readonly credentials: NamedVariable[] = [];
  /** Circles of `extends` that were reported. */
  readonly circles = new Set<string>();
  private readonly opened = new Map<string, ComposeDocument[]>();

  /** @param owner the project that they are to be the source of; absent: nobody's, as what is generated */
  constructor(
    readonly sources: YamlFiles,
    readonly owner?: string,
    private readonly variables?: Variables,
  ) {}

  /**
   * A file that a Compose file names, from the workspace root; null when it is not ours to read: `${…}` without the
   * variables, a remote file, one outside of the workspace.
   */
  locate(base: BaseFolder, file: string): string | null {
    const path = this.variables === undefined ? file : expandedPath(file, this.variables);
    const inWorkspace = this.sources.inWorkspace(path);
    return inWorkspace === null || inWorkspace === '.' ? below(base, path) : inWorkspace;
  }

  /** A folder that paths are to resolve in, from the workspace root; null: out of our sight. */
  folder(base: BaseFolder, directory: string): BaseFolder {
    const path = this.variables === undefined ? directory : expandedPath(directory, this.variables);
    const inWorkspace = this.sources.inWorkspace(path);
    if (inWorkspace !== null) return inWorkspace;
    if (base === null || isVariable(path) || posix.isAbsolute(path)) return null;
    const joined = posix.join(base, path);
    return isOutside(joined) ? null : joined;
  }

  /** The documents of `file`, most files having one; none when it is broken. `place` is where the file is named. */
  open(file: string, place?: Place): ComposeDocument[] {
    let documents = this.opened.get(file);
    if (!documents) {
      documents = this.openNow(file, place);
      this.opened.set(file, documents);
    }
    return documents;
  }

  /** A service of a file, the last document that has it winning, as Compose merges documents in order. */
  find(file: string, name: string, place?: Place): { service: ComposeService; source: YamlSource } | null {
    for (const { source, content } of this.open(file, place).toReversed()) {
      const service = own(content.services, name);
      if (service) return { service, source };
    }
    return null;
  }

  /** The file has the service, in a shape that cannot be read. */
  isBroken(file: string, name: string): boolean {
    return this.open(file).some(({ broken }) => broken.has(name));
  }

  /** Names of the services of a file, for a suggestion. */
  serviceNames(file: string): string[] {
    return this.open(file).flatMap(({ content }) => Object.keys(content.services ?? {}));
  }

  private openNow(file: string, place: Place | undefined): ComposeDocument[] {
    const { sources, problems } = this.sources.yaml(file, { manyDocuments: true }, place, this.owner);
    this.files.add(file);
    this.files.add(this.sources.read(file).realFile);
    if (sources.length === 0 || problems.length > 0) {
      this.problems.push(...problems);
      if (problems.length === 0) this.problems.push(emptyFile(file));
      this.partial = true;
      return [];
    }
    if (sources.every((source) => source.data === null)) {
      this.problems.push(emptyFile(file));
      return [];
    }
    for (const source of sources) this.credentials.push(...namedCredentials(source));
    return sources.flatMap((source) => this.checked(source));
  }

  private checked(source: YamlSource): ComposeDocument[] {
    if (source.data === null) return [];
    const { checkSchema, composeSchema } = schemas();
    const { value, problems, paths } = checkSchema(composeSchema, source, { interpolated: true });
    if (value) return [{ source, content: value, broken: new Set() }];
    this.problems.push(...(source.withheld ? problems.map(withoutText) : problems));
    this.partial = true;
    const { sound, broken } = withoutFaults(source.data, paths);
    const rest = composeSchema.safeParse(sound);
    return rest.success ? [{ source, content: rest.data, broken }] : [];
  }
}

/** The document without the services and top-level parts that hold the faults at `paths`. */
function withoutFaults(
  data: unknown,
  paths: readonly PropertyKey[][],
): { sound: unknown; broken: Set<string> } {
  const broken = new Set<string>();
  if (!isMapping(data)) return { sound: null, broken };
  const sound = { ...data };
  for (const [part, name] of paths) {
    if (part === 'services' && typeof name === 'string') broken.add(name);
    else if (typeof part === 'string') delete sound[part];
  }
  if (isMapping(sound['services'])) {
    sound['services'] = Object.fromEntries(
      Object.entries(sound['services']).filter(([name]) => !broken.has(name)),
    );
  }
  return { sound, broken };
}

function emptyFile(file: string): Problem {
  return {
    code: 'empty-file',
    severity: 'error',
    message: 'the Compose file says nothing',
    help: 'Give it `services:`, or remove the file.',
    place: { file, line: 1, column: 1 },
  };
}

function own<T>(record: Record<string, T> | null | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}
