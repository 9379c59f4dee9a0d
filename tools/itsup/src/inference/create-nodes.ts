import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { CreateNodes, ProjectConfiguration } from '@nx/devkit';
// Not the layers' whole faces: every Nx command loads this file, and the parsers behind them take longer than it does.
import { projectArtifactPaths, proxyArtifactPaths } from '@itsup/artifacts/paths';
import {
  COMPOSE_FILES,
  HOST_FILES,
  INGRESS_FILES,
  RESERVED_NAMES,
  type ProjectScan,
} from '@itsup/config/scan';
import { takesInProjects } from '../nx-guard/hazards';
import { readBuildState, type BuildState } from '../build/build-state';
import { settingsOf, type Settings } from '../workspace/plugin-options';
import { inspectLayout, type LayoutFindings } from './layout';
import { scanProjects } from './scans';
import { takenNames } from './taken-names';
import { targetsOf } from './targets';

type Nodes = Awaited<ReturnType<CreateNodes[1]>>;

/** nx.json stands for the proxy, which is there whatever `projects/` holds. */
const PROXY_ANCHOR = 'nx.json';

/**
 * Flat, for Nx 22 reads no braces in braces, and in any folder, for the pattern cannot know the plugin's options. Other
 * packages and projects are asked for their names alone; a `project.json` in `projects/` is not to be seen: .nxignore
 * hides it.
 */
const FILES = `{${[
  PROXY_ANCHOR,
  ...[...COMPOSE_FILES, ...INGRESS_FILES].map((name) => `**/projects/*/${name}`),
  '**/project.json',
  '**/package.json',
].join(',')}}`;

/** What every project of one inference shares. */
interface Inference {
  settings: Settings;
  build: BuildState;
  /** What Nx calls the projects, by folder. */
  names: ReadonlyMap<string, string>;
  proxyName: string;
  /** Text of `itsup.yml`. */
  host: string;
}

/**
 * Every folder of `projects/` with a Compose or an ingress file becomes a project, and the proxy one more. Never
 * throws for one of them, which would fail every command of every project: a broken project is inferred all the
 * same, and its targets say what is wrong.
 */
export const createNodes: CreateNodes = [
  FILES,
  (files, options, { workspaceRoot }) => {
    const settings = settingsOf(options);
    const { prefix } = settings;
    const root = join(workspaceRoot, prefix);
    refuseOrders(workspaceRoot, files, `${prefix}projects`);
    const anchors = anchorsOf(files, `${prefix}projects/`);
    const state = readBuildState(workspaceRoot);
    const build = { ...state, refusal: state.refusal ?? settings.flaw };
    const taken = takenNames(workspaceRoot, files, `${prefix}projects/`);
    const nodes: Nodes = [];
    const scans = scanProjects(root, anchors.keys());
    const proxyName = freeName(settings.proxyName, taken);
    const names = new Map(
      scans.map(({ name }) => [name, nxNameOf(name, new Set([...taken, proxyName]), prefix)]),
    );
    const inference = { settings, build, names, proxyName, host: textOf(join(root, 'projects/itsup.yml')) };
    for (const scan of scans) {
      const anchor = anchors.get(scan.name) ?? scan.folder;
      nodes.push([anchor, { projects: { [prefix + scan.folder]: projectNode(scan, inference) } }]);
    }
    if (files.includes(PROXY_ANCHOR)) {
      const layout = inspectLayout(workspaceRoot, new Set(anchors.keys()), prefix);
      const digest = [build.digest, ...settingsFor(scans)].join(' ');
      nodes.push([
        PROXY_ANCHOR,
        {
          projects: { [`${prefix}proxy`]: proxyNode({ ...inference, build: { ...build, digest } }, layout) },
        },
      ]);
    }
    return nodes;
  },
];

/**
 * The file that stands for each folder of `projects/`. What begins with a dot is no project: put aside, or another
 * tool's.
 */
function anchorsOf(files: readonly string[], projects: string): Map<string, string> {
  const anchors = new Map<string, string>();
  for (const file of [...files].sort()) {
    if (!file.startsWith(projects)) continue;
    const [name = '', base = '', rest] = file.slice(projects.length).split('/');
    const stands = rest === undefined && /\.ya?ml$/.test(base) && !name.startsWith('.');
    if (stands && !anchors.has(name)) anchors.set(name, file);
  }
  return anchors;
}

/**
 * Nx would merge the commands of a project's own file over ours and run them, so no command of Nx may go on: the one
 * thing that inference throws for. Nx shows the message with `--verbose` alone, hence the line.
 */
function refuseOrders(root: string, files: readonly string[], projects: string): void {
  const inside = files.filter((file) => file.startsWith(`${projects}/`));
  const configurations = inside.filter((file) => file.endsWith('/project.json'));
  const packages = takesInProjects(root, projects)
    ? [...new Set(inside.map((file) => `${posix.dirname(file)}/package.json`))].filter((file) =>
        existsSync(join(root, file)),
      )
    : [];
  if (configurations.length === 0 && packages.length === 0) return;
  const lines = [...configurations, ...packages].map((file) => `${file} would give Nx commands to run`);
  const help = `${projects}/**/project.json belongs into .nxignore, and no other .nxignore into ${projects}/; workspaces must not name ${projects}/`;
  process.stderr.write(`${lines.map((line) => `error: ${line}`).join('\n')}\n  help: ${help}\n`);
  throw new Error(lines.join('\n'));
}

/** Two projects of one name fail every command of Nx. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? freeName(`itsup-${name}`, taken) : name;
}

/**
 * A name that Nx knows already gets the folder in front, which no package and no folder of `projects/` can be called.
 * So do the names of the proxy's own, which no project can have.
 */
export function nxNameOf(folder: string, taken: ReadonlySet<string>, prefix = ''): string {
  return taken.has(folder) || RESERVED_NAMES.includes(folder) ? `${prefix}projects/${folder}` : folder;
}

const SETTINGS = `projects/{${HOST_FILES.join(',')}}`;

function projectNode(
  scan: ProjectScan,
  { settings, build, names, host }: Inference,
): Omit<ProjectConfiguration, 'root'> {
  const base = `{workspaceRoot}/${settings.prefix}`;
  const nxName = names.get(scan.name) ?? scan.name;
  const isReserved = RESERVED_NAMES.includes(scan.name);
  const reserved = isReserved
    ? `"${scan.name}" is a name of the proxy's own: give the folder ${scan.folder} another name`
    : null;
  const providers = new Set(scan.egress.flatMap(({ provider }) => names.get(provider) ?? []));
  providers.delete(nxName);
  const outside = scan.outsideFiles.map((file) => `${base}${file}`);
  // A reference may be a file or a folder.
  const references = scan.outsideReferences.flatMap((path) => [`${base}${path}`, `${base}${path}/**/*`]);
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
      digest: [build.digest, ...scan.nxFiles, ...settingsFor([scan])].join(' '),
      installed: build.installed,
      settings,
      refusal: build.refusal ?? reserved,
      notes: [],
      generate: ['stack', base + SETTINGS, `${base}templates/upstream/**/*`],
      writesMore: mirrorsFiles(scan, host),
      // Whether an edge leads somewhere is for its provider's files to say.
      validate: providers.size > 0 ? [{ input: 'model', projects: [...providers].sort() }] : [],
      outputs: scan.kind === 'container' ? projectArtifactPaths(scan.name) : [],
    }),
  };
}

/**
 * With `paths: upstream` the project's `files/` are mirrored too, whatever they are: no list of single files for Nx's
 * cache, and a restore of the folder would be behind as soon as a service wrote into it. So its `generate` runs each
 * time.
 */
function mirrorsFiles({ hasFiles, paths }: ProjectScan, host: string): boolean {
  return hasFiles && (paths === 'upstream' || (paths === null && UPSTREAM.test(host)));
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
function settingsFor(scans: readonly ProjectScan[]): string[] {
  return scans.flatMap(({ name, composeSettings }) =>
    composeSettings === null ? [] : [`${name}:${composeSettings}`],
  );
}

function descriptionOf(scan: ProjectScan): string {
  const what = scan.kind === 'container' ? 'Compose project' : 'host outside Docker';
  return scan.enabled ? what : `${what}, not enabled`;
}

function proxyNode(
  { settings, build, names, proxyName }: Inference,
  layout: LayoutFindings,
): Omit<ProjectConfiguration, 'root'> {
  const base = `{workspaceRoot}/${settings.prefix}`;
  const projects = [...names.values()];
  const targets = targetsOf({
    stack: 'proxy',
    nxName: proxyName,
    digest: build.digest,
    installed: build.installed,
    settings,
    refusal: build.refusal ?? layout.refusal,
    notes: layout.notes,
    generate: [
      // Inputs, not edges: an ingress edit touches its project and the proxy, a Compose edit its project alone.
      `${base}projects/*/{${[...INGRESS_FILES].sort().join(',')}}`,
      base + SETTINGS,
      `${base}templates/proxy/**/*`,
      // A project with an error in any of its files has no routes in the proxy's; `nx affected` does not follow this.
      ...(projects.length > 0 ? [{ input: 'model', projects }] : []),
    ],
    writesMore: false,
    validate: [],
    outputs: proxyArtifactPaths(),
  });
  return {
    name: proxyName,
    projectType: 'application',
    tags: ['itsup:stack', 'itsup:proxy'],
    metadata: {
      description: 'Traefik and what belongs to it',
      technologies: ['docker', 'compose', 'traefik'],
    },
    targets,
  };
}
