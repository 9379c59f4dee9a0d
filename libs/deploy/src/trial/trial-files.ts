import { basename } from 'node:path';

import {
  checkFile,
  field,
  formatAddress,
  isTree,
  subtree,
  treeOf,
  treeOfText,
  trialRouters,
  withField,
  withoutField,
  type Tree,
} from '@itsup/traefik';
import { traefikCheckOptions } from '@itsup/routing';
import { stringify } from 'yaml';

import { CHALLENGES_FILE } from '../publish/certificate-files';
import { isDynamic, STATIC_FILE, type PublishedFile } from '../publish/published-file';

/** Where a trial has its files. */
export const TRIAL_FOLDER = '/trial';
/** The last thing that Traefik builds, and refuses: behind it in the log nothing more is to come. */
export const LAST_ROUTER = 'trial~end';

/** Entry points of the trial's own routers. */
const OWN = { http: 'trial-http', tcp: 'trial-tcp', udp: 'trial-udp' };
/** Below the ports that Linux gives to outgoing connections, and open to any user. */
const FIRST_PORT = 20_000;

/** What a throw-away Traefik is started with: files by their path below `TRIAL_FOLDER`. */
export type TrialFiles = Record<string, string>;

/**
 * The files that a throw-away Traefik tries: those that are to be published, without what needs a network, and routers
 * that lead to every middleware, service and TLS options of them, because Traefik judges nothing else.
 *
 * What containers define is not there; names of theirs lead to stand-ins.
 */
export function trialFiles(files: readonly PublishedFile[]): TrialFiles {
  const trial: TrialFiles = {};
  const defined = new Set<string>();
  const ofContainers = new Set<string>();
  const configuration = readableTree(files.find(({ path }) => path === STATIC_FILE)?.text ?? '');
  const isSwarm = field(subtree(configuration, 'providers'), 'swarm') !== undefined;
  const own = isSwarm ? '@swarm' : '@docker';
  for (const { path, text } of files.filter(isDynamic)) {
    // The trial asks no authority, so it has nothing to answer challenges with.
    if (path === CHALLENGES_FILE) continue;
    const { defined: names, references } = checkFile(text, 'dynamic', traefikCheckOptions);
    const plugins = pluginsIn(text);
    for (const name of names) if (!plugins.has(name)) defined.add(name);
    for (const { kind, name } of references)
      if (name.endsWith(own)) ofContainers.add(`${kind}.${name.slice(0, -own.length)}`);
    trial[`dynamic/${basename(path)}`] = text.replace(
      isSwarm ? /([\w.-]+)@swarm\b/g : /([\w.-]+)@docker\b/g,
      '$1~docker@file',
    );
  }
  trial['dynamic/trial-routers.yml'] = stringify(trialRouters(defined, OWN));
  trial['dynamic/trial-stand-ins.yml'] = stringify(standIns(ofContainers));
  trial['traefik.yml'] = stringify(trialConfiguration(configuration));
  return trial;
}

/** Plugins are downloaded, or stand in a folder of their own: the trial has none, and they are Traefik's to judge. */
function pluginsIn(text: string): Set<string> {
  const plugins = new Set<string>();
  const middlewares = subtree(subtree(readableTree(text), 'http'), 'middlewares');
  for (const [name, definition] of Object.entries(middlewares)) {
    if (isTree(definition) && field(definition, 'plugin') !== undefined)
      plugins.add(`http.middlewares.${name}`);
  }
  return plugins;
}

/** What is no YAML is the trial's to find. */
function readableTree(text: string): Tree {
  try {
    return treeOfText(text);
  } catch {
    return {};
  }
}

function standIns(objects: ReadonlySet<string>): Record<string, Record<string, Record<string, object>>> {
  const file: Record<string, Record<string, Record<string, object>>> = {
    udp: { routers: { [LAST_ROUTER]: { entryPoints: [OWN.udp], service: `${LAST_ROUTER}~nowhere` } } },
  };
  for (const object of objects) {
    const [section = '', kind = '', ...rest] = object.split('.');
    const definition = standIn(section, kind);
    if (definition !== null) ((file[section] ??= {})[kind] ??= {})[`${rest.join('.')}~docker`] = definition;
  }
  return file;
}

function standIn(section: string, kind: string): object | null {
  if (kind === 'services') {
    const server = section === 'http' ? { url: 'http://127.0.0.1:9' } : { address: '127.0.0.1:9' };
    return { loadBalancer: { servers: [server] } };
  }
  if (kind === 'middlewares')
    return section === 'http' ? { addPrefix: { prefix: '/trial' } } : { inFlightConn: { amount: 1 } };
  return null;
}

/**
 * The static configuration without network, certificates, plugins and files to write: every entry point on a port that
 * any user may open, the file provider alone.
 */
function trialConfiguration(configuration: Tree): Tree {
  let tree = configuration;
  for (const name of [
    'certificatesResolvers',
    'experimental',
    'accessLog',
    'tracing',
    'metrics',
    'providers',
    'log',
  ])
    tree = withoutField(tree, name);
  const entryPoints: Tree = {};
  for (const [index, [name, value]] of Object.entries(subtree(tree, 'entryPoints')).entries()) {
    const point = treeOf(value);
    const protocol = String(field(point, 'address') ?? '').endsWith('/udp') ? 'udp' : 'tcp';
    const http = withoutField(subtree(point, 'http'), 'middlewares');
    entryPoints[name] = {
      ...withoutField(withoutField(point, 'http'), 'address'),
      address: formatAddress('127.0.0.1', FIRST_PORT + index, protocol),
      ...(Object.keys(http).length > 0 && { http }),
    };
  }
  const own = [
    `127.0.0.1:${FIRST_PORT - 1}`,
    `127.0.0.1:${FIRST_PORT - 2}`,
    `127.0.0.1:${FIRST_PORT - 3}/udp`,
  ];
  for (const [index, name] of Object.values(OWN).entries()) entryPoints[name] = { address: own[index] };
  return {
    ...withField(tree, 'entryPoints', entryPoints),
    log: { level: 'INFO', format: 'json' },
    providers: {
      providersThrottleDuration: '10ms',
      file: { directory: `${TRIAL_FOLDER}/dynamic`, watch: false },
    },
  };
}
