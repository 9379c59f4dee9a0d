import { compareText, type Project, type Settings } from '@itsup/config';
import { defaultResolver, NETWORK_LABEL, type ProjectRouting, type ServiceAdditions } from '@itsup/routing';
import { projectArtifactPaths, type ArtifactFile } from '../files/artifact';
import type { Templates } from '../files/templates';
import { composePrinter, Expression } from '../yaml/yaml-text';

/**
 * The two files of `upstream/<name>/`: a Compose file that includes the project's own files, and what we add to them.
 * Empty for an external project and for one whose Compose file could not be read.
 */
export function renderProject(
  project: Project,
  routing: ProjectRouting,
  settings: Settings,
  templates: Templates,
): ArtifactFile[] {
  const { compose, name } = project;
  if (project.kind !== 'container' || compose === null) return [];
  const [composePath, ingressPath] = projectArtifactPaths(name) as [string, string];
  const up = '../../';
  const main = templates.render('upstream/docker-compose.yml', {
    ...composePrinter,
    name,
    folder: project.folder,
    // A `name:` of the source holds for the file that includes it only when it says so itself.
    composeName: compose.name === null ? null : new Expression(compose.name),
    projectDirectory: project.paths === 'upstream' ? '.' : up + (compose.directory ?? project.folder),
    sources: compose.files.map((file) => up + file),
  });
  const ingress = templates.render('upstream/docker-compose.ingress.yml', {
    ...composePrinter,
    name,
    ingressFile: project.ingressFile,
    // Of a project that is not to run nothing is published, by hand neither.
    services: (project.enabled ? routing.additions : []).map((additions) => ({
      ...additions,
      labels: labelsOf(additions, settings),
      networks: networksOf(additions),
    })),
    networks: project.enabled ? routing.networks : [],
  });
  return [
    { path: composePath, text: main },
    { path: ingressPath, text: ingress },
  ];
}

/** Sorted by key. */
function labelsOf(
  { labels, traefikNetwork }: ServiceAdditions,
  settings: Settings,
): { key: string; value: string | Expression }[] {
  const values = new Map<string, string | Expression>(
    Object.entries(labels).map(([key, value]) => [key, labelValue(key, value, settings)]),
  );
  // By the name that Compose gives it in the end: `-p` and variables change it.
  if (traefikNetwork !== null) values.set(NETWORK_LABEL, new Expression(traefikNetwork));
  return [...values].map(([key, value]) => ({ key, value })).sort((a, b) => compareText(a.key, b.key));
}

const USERS = /^traefik\.http\.middlewares\.[^.]+\.basicauth\.users$/i;
const CERT_RESOLVER = /^traefik\.(?:http|tcp)\.routers\.[^.]+\.tls\.certresolver$/i;

/**
 * Whether there is a certificate resolver is decided at deploy when the settings hold no e-mail: the label then names
 * it only while ITSUP_CERT_RESOLVER is set, since Traefik drops a router whose resolver does not exist.
 */
function labelValue(key: string, value: string, settings: Settings): string | Expression {
  // The name of a variable: who may come is a secret of the project's.
  if (USERS.test(key)) return new Expression(value);
  if (settings.letsEncrypt.email !== null || !CERT_RESOLVER.test(key)) return value;
  return new Expression(
    value === defaultResolver ? '${ITSUP_CERT_RESOLVER:-}' : `\${ITSUP_CERT_RESOLVER:+${value}}`,
  );
}

function networksOf({
  networks,
  keepDefault,
}: ServiceAdditions): { name: string; ipv4Address: string | null }[] {
  return [
    ...(keepDefault ? [{ name: 'default', ipv4Address: null }] : []),
    ...networks.map(({ name, ipv4Address }) => ({ name, ipv4Address: ipv4Address ?? null })),
  ];
}
