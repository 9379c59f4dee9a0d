import { basename, dirname } from 'node:path';
import {
  COMPOSE_FILES,
  INGRESS_FILES,
  nameFlaw,
  UserError,
  type Settings,
  type SourceTree,
  type Workspace,
} from '@itsup/config';
import { defaultResolver } from '@itsup/routing';
import { parse } from 'yaml';
import { importCompose } from './import-compose';
import { leftBehind } from './left-behind';
import { parseEnvFile } from './compose/variables';

export interface ImportRequest {
  /** The Compose file, from the workspace root; it may lie outside. */
  path: string;
  /** Its text; null: there is no such file. */
  text: string | null;
  /** Text of the `.env` file beside it. */
  env: string | null;
  /** The override file beside it, with its text. */
  override?: { file: string; text: string } | undefined;
  /** Name of the project; absent: what Compose calls it. */
  name?: string | undefined;
  /** `name:port` of entry points. */
  entryPoints: readonly string[];
  settings: Settings;
}

export interface ImportedProject {
  name: string;
  /** Text by path from the workspace root. */
  files: Map<string, string>;
  notes: string[];
  /** Services that are a Traefik of the file's own: what they publish is this workspace's Traefik's from now on. */
  traefiks: string[];
  /** What to do next, with the workspace as it is with these files; lines. */
  next(after: Workspace): string[];
}

/**
 * A project of a Compose file with Traefik labels. A file in `projects/<name>/` is changed where it is; any other is
 * copied there. Writes nothing.
 * @throws UserError when the file or a value is wrong, the place is taken, or no label can be moved.
 */
export function importProject(tree: SourceTree, request: ImportRequest): ImportedProject {
  const { path, text } = request;
  if (text === null) throw refused('no-file', `there is no file ${path}`, 'Name a Compose file.');
  const imported = importCompose(path, text, {
    entryPoints: portsOf(request.entryPoints),
    resolvers: new Set([defaultResolver, ...Object.keys(request.settings.letsEncrypt.resolvers)]),
    variables: parseEnvFile(request.env ?? ''),
    override: request.override,
  });
  const here = /^projects\/([^/]+)\/([^/]+)$/.exec(path);
  const inPlace = here !== null && (request.name === undefined || request.name === here[1]);
  const composeName = composeNameOf(path, text);
  const name = request.name ?? here?.[1] ?? composeName;
  checkPlace(tree, name, inPlace);
  const compose = inPlace ? path : `projects/${name}/docker-compose.yml`;
  return {
    name,
    files: new Map([
      [compose, imported.compose],
      [`projects/${name}/ingress.yml`, imported.ingress],
    ]),
    notes: imported.notes,
    traefiks: imported.traefiks,
    next: (after) => [
      ...(inPlace
        ? []
        : leftBehind(after, { name, from: dirname(path), hasEnv: request.env !== null, composeName, text })),
      `npx nx run ${name}:validate`,
      `npx nx deploy ${name} --adopt, which takes over the containers that run; the old Traefik has to be stopped first`,
    ],
  };
}

/** The name that Compose gives a project: its own, or the folder's without what no name may have. */
function composeNameOf(path: string, text: string): string {
  const { name } = (parse(text, { logLevel: 'silent', merge: true }) as { name?: unknown } | null) ?? {};
  if (typeof name === 'string' && !name.includes('$')) return name;
  return basename(dirname(`/${path}`))
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

function checkPlace(tree: SourceTree, name: string, inPlace: boolean): void {
  const flaw = nameFlaw(name);
  if (flaw !== null)
    throw refused('option-name', flaw.message, `Say another one: --name=${flaw.instead ?? '<name>'}`);
  const folder = `projects/${name}`;
  const files = tree.list(folder);
  const known: readonly string[] = inPlace ? INGRESS_FILES : [...INGRESS_FILES, ...COMPOSE_FILES];
  const there = known.find((file) => files.includes(file));
  if (there === undefined) return;
  throw refused(
    'file-exists',
    `${folder}/${there} is there already`,
    inPlace ? 'Move it out of the way, and put its rows back afterwards.' : 'Say another name: --name=<name>',
  );
}

function portsOf(entryPoints: readonly string[]): Map<string, number> {
  return new Map(
    entryPoints
      .flatMap((text) => text.split(','))
      .map((text) => {
        const [, name = '', port = ''] = /^([\w.-]+)[:=](\d{1,5})(?:\/(?:tcp|udp))?$/.exec(text.trim()) ?? [];
        if (name !== '' && Number(port) > 0 && Number(port) < 65_536) return [name, Number(port)] as const;
        throw refused(
          'option-entryPoints',
          `\`${text}\` is no entry point with its port`,
          'Write them as --entryPoints=mqtt:1883',
        );
      }),
  );
}

function refused(code: string, message: string, help: string): UserError {
  return new UserError({ code, severity: 'error', message, help });
}
