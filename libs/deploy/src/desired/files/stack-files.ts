import path from 'node:path';

import { compareText } from '@itsup/config';
import type { ComposeBuild, ComposeModel } from '@itsup/docker';

import type { StackSpec } from '../../stack/stack-spec';
import type { DeployedFile } from '../../state/deployed';
import type { ContextStamp, FileStamp } from '../../state/stamps';
import { stampContext } from './build-context';
import type { MountedContents } from '../service/definition';
import type { Digester } from '../digest';
import type { StackEnvironment } from '../environment/environment';
import { stampFile } from './file-stamp';
import { projectText } from '../environment/project-text';
import { contentBuild, contentPath, type Relocation } from './relocation';

/** Variables of Traefik's own, in the state folder: credentials of DNS providers. */
const TRAEFIK_ENV = 'traefik.env';

/** What stamping needs; `LoadOptions` says what each is. */
interface StampOptions {
  root: string;
  relocation: Relocation | null;
  stateDir: string;
  published: Readonly<Record<string, string>>;
  digester: Digester;
  now: number;
  deployed: DeployedFile | null;
}

/** Every file that the model or a container's content depends on; absolute, each once. */
export function filesOf(spec: StackSpec, model: ComposeModel, environment: StackEnvironment): string[] {
  const files = new Set([...spec.sources, ...spec.envFiles, ...environment.files]);
  for (const object of [...Object.values(model.configs ?? {}), ...Object.values(model.secrets ?? {})]) {
    if (object.file !== undefined) files.add(object.file);
  }
  for (const service of Object.values(model.services)) {
    for (const mount of service.volumes ?? []) {
      if (mount.type === 'bind' && mount.source !== undefined) files.add(mount.source);
    }
  }
  return [...files].sort(compareText);
}

/**
 * The proxy's credentials stand in the state folder, where the Compose file cannot be read from by a path of the
 * sources.
 */
export function ownEnvFiles({ project }: StackSpec, { stateDir }: StampOptions): string[] {
  return project === null ? [path.join(stateDir, TRAEFIK_ENV)] : [];
}

/** Files of variables: they may use others, or pass one on by a line of its name alone. */
export function envFilesOf(spec: StackSpec, environment: StackEnvironment): string[] {
  return [...spec.envFiles, ...environment.files];
}

/** Stamps of files; one that did not change since the last deploy is not read again. */
export function stampAll(
  files: string[],
  { digester, now, deployed, relocation }: StampOptions,
): Promise<FileStamp[]> {
  const known = new Map(deployed?.inputs.files.map((stamp) => [stamp.path, stamp]));
  return Promise.all(
    files.map(async (path) => {
      const stamp = await stampFile(contentPath(path, relocation), digester, now, known.get(path));
      return { ...stamp, path };
    }),
  );
}

/** Of an additional context; no service has a space in its name. */
export function contextKey(service: string, context: string): string {
  return `${service} ${context}`;
}

/**
 * Stamps of build contexts, by service, and by `contextKey` of its additional ones; one that is not a folder of this
 * host has none.
 */
export async function stampContexts(
  model: ComposeModel,
  options: Pick<StampOptions, 'relocation' | 'now'> & {
    deployed: { inputs: Pick<DeployedFile['inputs'], 'contexts'> } | null;
  },
): Promise<Record<string, ContextStamp>> {
  const contexts: Record<string, ContextStamp> = {};
  for (const [name, { build }] of Object.entries(model.services)) {
    if (build === undefined) continue;
    const { additional_contexts: additional = {}, ...content } = contentBuild(build, options.relocation);
    const builds: [string, ComposeBuild][] = [
      [name, content],
      ...Object.entries(additional).map(([key, context]): [string, ComposeBuild] => [
        contextKey(name, key),
        // A Dockerfile in it is a file like others; the only one that the builder reads of itself is this.
        { context, dockerfile: '.dockerignore' },
      ]),
    ];
    for (const [key, one] of builds) {
      const stamp = await stampContext(one, options.now, options.deployed?.inputs.contexts[key]);
      if (stamp !== null) contexts[key] = stamp;
    }
  }
  return contexts;
}

/** A bound folder is left out: its container sees changes at once, and it is where data lives. */
export function mountedContents(
  files: FileStamp[],
  model: ComposeModel,
  environment: StackEnvironment,
  { root, relocation, stateDir, published, digester }: StampOptions,
  data: ReadonlySet<string>,
): MountedContents {
  const byService: Record<string, string> = {};
  for (const [name, service] of Object.entries(model.services)) {
    const mounted = (service.volumes ?? []).flatMap((mount) => {
      const inside = mount.source === undefined ? '..' : path.relative(stateDir, mount.source);
      if (mount.type !== 'bind' || inside.startsWith('..')) return [];
      return Object.entries(published).filter(
        ([file]) => inside === '' || file === inside || file.startsWith(`${inside}/`),
      );
    });
    if (mounted.length > 0) byService[name] = digester.of(mounted.sort(([a], [b]) => compareText(a, b)));
  }
  return {
    files: Object.fromEntries(
      files.filter((file) => file.stamp !== null).map((file) => [file.path, file.digest]),
    ),
    data,
    published: byService,
    environment: environment.all,
    display: (file) => {
      const relative = path.relative(relocation?.to ?? root, file);
      return relative.startsWith('..') ? file : relative;
    },
  };
}

/** Texts of the YAML files among the paths; one that is gone is left out. */
export function readTexts(files: string[]): Map<string, string> {
  const texts = files.map((file) => [file, projectText(file, file)] as const);
  return new Map(texts.flatMap(([file, text]) => (text === null ? [] : [[file, text] as const])));
}
