import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeeded } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace/workspace';

/** Where the product is, in a checkout by a link. */
const PRODUCT = 'node_modules/itsup';

interface Schema {
  properties: Record<string, { 'x-priority'?: string }>;
}

/** What `nx` knows in a workspace: asked once, then from memory. */
export class NxOptions {
  private readonly asked = new Map<string, Promise<Set<string>>>();
  private known: Promise<Map<string, string>> | undefined;

  /** @param project one with every target */
  constructor(
    private readonly workspace: Pick<TestWorkspace, 'root' | 'nx' | 'read'>,
    private readonly project: string,
  ) {}

  /** What is wrong with `nx <words>`; null: it exists, with each of its flags. */
  async problemWith(words: string[]): Promise<string | null> {
    const [command = '', ...rest] = words;
    switch (command) {
      case 'run-many':
      case 'affected':
        return this.checkTargets(command, targetsIn(rest), rest);
      case 'run':
        return this.checkTargets(command, [rest[0]?.split(':')[1] ?? ''], rest.slice(1));
      case 'g':
      case 'generate':
        return this.checkGenerator(rest);
      case 'graph':
      case 'show':
        return unknownFlag(rest, await this.ofCommand(command));
      default:
        return this.checkTargets('run', [command], rest);
    }
  }

  private async checkTargets(command: string, targets: string[], words: string[]): Promise<string | null> {
    const known = await this.targets();
    const missing = targets.find((target) => !known.has(target));
    if (missing !== undefined) return `there is no target ${missing}`;
    if (targets.length === 0) return 'it names no target';
    const own = await Promise.all(targets.map((target) => this.ofSchema(known.get(target) ?? '')));
    return unknownFlag(words, new Set([await this.ofCommand(command), ...own].flatMap((set) => [...set])));
  }

  private async checkGenerator([name = '', ...words]: string[]): Promise<string | null> {
    const [plugin, generator = ''] = name.split(':');
    const manifest = JSON.parse(await this.workspace.read(`${PRODUCT}/package.json`)) as {
      generators?: string;
    };
    if (plugin !== 'itsup' || manifest.generators === undefined) return `there is no generator ${name}`;
    const { generators } = JSON.parse(await this.workspace.read(join(PRODUCT, manifest.generators))) as {
      generators: Record<string, { schema: string }>;
    };
    const schema = generators[generator]?.schema;
    if (schema === undefined) return `there is no generator ${name}`;
    const own = await this.ofSchema(schema);
    return unknownFlag(words, new Set([...own, ...(await this.ofCommand('generate'))]));
  }

  /** The schema of each target's executor; several targets may have the same. */
  private targets(): Promise<Map<string, string>> {
    this.known ??= this.askTargets();
    return this.known;
  }

  private async askTargets(): Promise<Map<string, string>> {
    const { stdout } = succeeded(await this.workspace.nx(['show', 'project', this.project, '--json']));
    const { targets } = JSON.parse(stdout) as { targets: Record<string, { executor: string }> };
    const manifest = await this.workspace.read(`${PRODUCT}/executors.json`);
    const { executors } = JSON.parse(manifest) as { executors: Record<string, { schema: string }> };
    return new Map(
      Object.entries(targets).map(([name, { executor }]) => [
        name,
        executors[executor.split(':')[1] ?? '']?.schema ?? '',
      ]),
    );
  }

  private ofCommand(command: string): Promise<Set<string>> {
    return this.once(command, async () => {
      // `nx run --help` wants a task first; its options are those of several tasks.
      const asked = command === 'run' ? 'run-many' : command;
      // Nx prints the help of `generate` and then fails for want of a generator.
      const { all } = await this.workspace.nx([asked, '--help']);
      if (!all.includes('Options:')) throw new Error(`nx ${asked} --help tells nothing:\n${all}`);
      return new Set([...all.matchAll(/(?<=[\s,])--?([\w-]+)/g)].map(([, name = '']) => camelCase(name)));
    });
  }

  private ofSchema(file: string): Promise<Set<string>> {
    return this.once(file, async () => {
      const text = await readFile(join(this.workspace.root, PRODUCT, file), 'utf8');
      const { properties } = JSON.parse(text) as Schema;
      const open = Object.entries(properties).filter(([, one]) => one['x-priority'] !== 'internal');
      return new Set(open.map(([name]) => camelCase(name)));
    });
  }

  private once(key: string, ask: () => Promise<Set<string>>): Promise<Set<string>> {
    const known = this.asked.get(key) ?? ask();
    this.asked.set(key, known);
    return known;
  }
}

/** `-t validate plan -p blog`: the targets are what stands up to the next flag, by spaces or commas. */
export function targetsIn(words: string[]): string[] {
  const at = words.findIndex((word) => /^(?:-t|--targets?)$/.test(word));
  if (at < 0) return [];
  const after = words.slice(at + 1);
  const end = after.findIndex((word) => word.startsWith('-'));
  return (end < 0 ? after : after.slice(0, end)).flatMap((word) => word.split(','));
}

function unknownFlag(words: string[], known: ReadonlySet<string>): string | null {
  const flags = words.filter((word) => word.startsWith('-')).map((word) => word.split('=')[0] ?? '');
  const unknown = flags.find((flag) => !known.has(camelCase(flag.replace(/^--?(?:no-)?/, ''))));
  return unknown === undefined ? null : `there is no option ${unknown}`;
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
