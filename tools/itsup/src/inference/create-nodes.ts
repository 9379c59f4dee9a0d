import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { CreateNodes, ProjectConfiguration } from '@nx/devkit';
// Not the layers' whole faces: every Nx command loads this file, and the parsers behind them take longer than it does.
import { projectArtifactPaths, proxyArtifactPaths } from '@itsup/artifacts/paths';
import { RESERVED_NAMES, type ProjectScan } from '@itsup/config/scan';
import { takesInProjects } from '../nx-guard/hazards';
import { readBuildState, type BuildState } from '../build/build-state';
import { inspectLayout, type LayoutFindings } from './layout';
import { scanProjects } from './scans';
import { takenNames } from './taken-names';
import { targetsOf } from './targets';

type Nodes = Awaited<ReturnType<CreateNodes[1]>>;

/** nx.json stands for the proxy, which is there whatever `projects/` holds. */
const PROXY_ANCHOR = 'nx.json';

const FILES =
  `{${PROXY_ANCHOR},` +
  'projects/*/{docker-compose.yml,docker-compose.yaml,compose.yml,compose.yaml},' +
  'projects/*/{ingress.yml,itsup-project.yml},' +
  // None is to be seen: .nxignore hides them.
  'projects/**/project.json}';

/**
 * Every folder of `projects/` with a Compose or an ingress file becomes a project, and the proxy one more. Never
 * throws for one of them, which would fail every command of every project: a broken project is inferred all the
 * same, and its targets say what is wrong.
 */
export const createNodes: CreateNodes = [
  FILES,
  (files, _options, { workspaceRoot }) => {
    refuseOrders(workspaceRoot, files);
    const anchors = new Map<string, string>();
    for (const file of [...files].sort()) {
      const [parent, name] = file.split('/');
      // What begins with a dot is no project: a folder that is put aside, or another tool's.
      if (parent === 'projects' && name !== undefined && !name.startsWith('.') && !anchors.has(name)) {
        anchors.set(name, file);
      }
    }
    const build = readBuildState(workspaceRoot);
    const taken = takenNames(workspaceRoot);
    const nodes: Nodes = [];
    const scans = scanProjects(workspaceRoot, anchors.keys());
    const names = new Map(scans.map(({ name }) => [name, nxNameOf(name, taken)]));
    const settings = textOf(join(workspaceRoot, 'projects/itsup.yml'));
    for (const scan of scans) {
      const anchor = anchors.get(scan.name) ?? scan.folder;
      nodes.push([anchor, { projects: { [scan.folder]: projectNode(scan, build, names, settings) } }]);
    }
    if (files.includes(PROXY_ANCHOR)) {
      const layout = inspectLayout(workspaceRoot, new Set(anchors.keys()));
      const digest = [build.digest, ...settingsOf(scans)].join(' ');
      nodes.push([
        PROXY_ANCHOR,
        { projects: { proxy: proxyNode([...names.values()], { ...build, digest }, layout) } },
      ]);
    }
    return nodes;
  },
];

/**
 * Nx would merge the commands of a project's own file over ours and run them, so no command of Nx may go on: the one
 * thing that inference throws for. Nx shows the message with `--verbose` alone, hence the line.
 */
function refuseOrders(root: string, files: readonly string[]): void {
  const configurations = files.filter((file) => file.endsWith('/project.json'));
  const packages = takesInProjects(root)
    ? [...new Set(files.map((file) => `${posix.dirname(file)}/package.json`))].filter(
        (file) => file.startsWith('projects/') && existsSync(join(root, file)),
      )
    : [];
  if (configurations.length === 0 && packages.length === 0) return;
  const lines = [...configurations, ...packages].map((file) => `${file} would give Nx commands to run`);
  const help = `projects/**/project.json belongs into .nxignore, and no other .nxignore into projects/; workspaces must not name projects/`;
  process.stderr.write(`${lines.map((line) => `error: ${line}`).join('\n')}\n  help: ${help}\n`);
  throw new Error(lines.join('\n'));
}

/**
 * A name that Nx knows already gets the folder in front, which no package and no folder of `projects/` can be called. So
 * do the names of the proxy's own, which no project can have.
 */
export function nxNameOf(folder: string, taken: ReadonlySet<string>): string {
  return taken.has(folder) || RESERVED_NAMES.includes(folder) ? `projects/${folder}` : folder;
}

const SETTINGS = '{workspaceRoot}/projects/{itsup,traefik,middlewares}.yml';

function projectNode(
  scan: ProjectScan,
  build: BuildState,
  names: ReadonlyMap<string, string>,
  settings: string,
): Omit<ProjectConfiguration, 'root'> {
  const nxName = names.get(scan.name) ?? scan.name;
  const isReserved = RESERVED_NAMES.includes(scan.name);
  const reserved = isReserved
    ? `"${scan.name}" is a name of the proxy's own: give the folder ${scan.folder} another name`
    : null;
  const providers = new Set(scan.egress.flatMap(({ provider }) => names.get(provider) ?? []));
  providers.delete(nxName);
  const outside = scan.outsideFiles.map((file) => `{workspaceRoot}/${file}`);
  // A reference may be a file or a folder.
  const references = scan.outsideReferences.flatMap((path) => [
    `{workspaceRoot}/${path}`,
    `{workspaceRoot}/${path}/**/*`,
  ]);
  return {
    name: nxName,
    projectType: 'application',
    tags: ['itsup:stack', `itsup:${scan.kind}`],
    metadata: { description: descriptionOf(scan), technologies: ['docker', 'compose'] },
    namedInputs: {
      stack: ['{projectRoot}/**/*', ...outside, ...references],
      // What the checks between projects read of this one.
      model: ['{projectRoot}/**/*.yml', '{projectRoot}/**/*.yaml', ...outside],
    },
    targets: targetsOf({
      // A reserved name would be another stack's.
      stack: isReserved ? nxName : scan.name,
      nxName,
      // Nx does not see these files: without a word of them it would take a cached verdict.
      digest: [build.digest, ...scan.nxFiles, ...settingsOf([scan])].join(' '),
      refusal: build.refusal ?? reserved,
      notes: [],
      generate: ['stack', SETTINGS, '{workspaceRoot}/templates/upstream/**/*'],
      writesMore: mirrorsFiles(scan, settings),
      // Whether an edge leads somewhere is for its provider's files to say.
      validate: providers.size > 0 ? [{ input: 'model', projects: [...providers].sort() }] : [],
      outputs: scan.kind === 'container' ? projectArtifactPaths(scan.name) : [],
    }),
  };
}

/**
 * With `paths: upstream` the project's `files/` are mirrored too, whatever they are: no list of single files for Nx's
 * cache, and a restore of the folder would be behind as soon as a service wrote into it. So its `generate` runs each time.
 */
function mirrorsFiles({ hasFiles, paths }: ProjectScan, settings: string): boolean {
  return hasFiles && (paths === 'upstream' || (paths === null && UPSTREAM.test(settings)));
}

/** In `itsup.yml`, which is read for no more than this; where it says it otherwise, no harm is done. */
const UPSTREAM = /^\s*["']?paths["']?\s*:\s*["']?upstream\b/m;

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** What `.env` files tell Compose, which git may ignore. */
function settingsOf(scans: readonly ProjectScan[]): string[] {
  return scans.flatMap(({ name, composeSettings }) =>
    composeSettings === null ? [] : [`${name}:${composeSettings}`],
  );
}

function descriptionOf(scan: ProjectScan): string {
  const what = scan.kind === 'container' ? 'Compose project' : 'host outside Docker';
  return scan.enabled ? what : `${what}, not enabled`;
}

function proxyNode(
  projects: string[],
  build: BuildState,
  layout: LayoutFindings,
): Omit<ProjectConfiguration, 'root'> {
  const targets = targetsOf({
    stack: 'proxy',
    nxName: 'proxy',
    digest: build.digest,
    refusal: build.refusal ?? layout.refusal,
    notes: layout.notes,
    generate: [
      // Inputs, not edges: an ingress edit touches its project and the proxy, a Compose edit its project alone.
      '{workspaceRoot}/projects/*/{ingress.yml,itsup-project.yml}',
      SETTINGS,
      '{workspaceRoot}/templates/proxy/**/*',
    ],
    writesMore: false,
    validate: projects.length > 0 ? [{ input: 'model', projects }] : [],
    outputs: proxyArtifactPaths(),
  });
  return {
    name: 'proxy',
    projectType: 'application',
    tags: ['itsup:stack', 'itsup:proxy'],
    metadata: {
      description: 'Traefik and what belongs to it',
      technologies: ['docker', 'compose', 'traefik'],
    },
    targets,
  };
}
