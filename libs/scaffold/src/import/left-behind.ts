import type { Workspace } from '@itsup/config';
import { isMap, isScalar, parseDocument } from 'yaml';

/** A Compose file that was copied without what lay beside it. */
export interface Copied {
  name: string;
  /** The folder that it came from. */
  from: string;
  hasEnv: boolean;
  /** What Compose called the project there. */
  composeName: string;
  text: string;
}

/** What has to come along with a copied Compose file: files that it names by a relative path, and its named volumes. */
export function leftBehind(after: Workspace, { name, from, hasEnv, composeName, text }: Copied): string[] {
  const folder = `projects/${name}`;
  const compose = after.projects.find((project) => project.name === name)?.compose;
  const document = parseDocument(text, { logLevel: 'silent' });
  const paths = [
    ...(compose?.binds ?? []).map(({ path }) => path),
    ...(compose?.envFiles ?? []).map(({ path }) => path),
    ...buildContexts(document.get('services')).map((path) => `${folder}/${path}`),
  ].filter((path) => path.startsWith(`${folder}/`));
  const files = [
    ...new Set([...paths.map((path) => path.slice(folder.length + 1)), ...(hasEnv ? ['.env'] : [])]),
  ];
  const ownName = document.has('name');
  const volumes = document.get('volumes');
  const isRenamed = name !== composeName && !ownName && isMap(volumes) && volumes.items.length > 0;
  return [
    ...(files.length === 0
      ? []
      : [`Bring what lies beside the old file into ${folder}: ${files.sort().join(', ')} (from ${from})`]),
    ...(isRenamed
      ? [
          `Its volumes belong to the Compose project ${composeName}: write \`name: ${composeName}\` at the top of the Compose file, or they begin empty`,
        ]
      : []),
  ];
}

/** Folders that services are built from, relative to the file. */
function buildContexts(services: unknown): string[] {
  if (!isMap(services)) return [];
  return services.items.flatMap(({ value }) => {
    const build = isMap(value) ? value.get('build', true) : undefined;
    const context: unknown = isMap(build) ? build.get('context') : isScalar(build) ? build.value : undefined;
    if (typeof context !== 'string' || /^(?:\/|~|\.\.|[a-z]+:|\$|git@)/.test(context)) return [];
    const path = context.replace(/^\.\/?/, '').replace(/\/$/, '');
    return [path === '' ? 'Dockerfile and what it copies' : path];
  });
}
