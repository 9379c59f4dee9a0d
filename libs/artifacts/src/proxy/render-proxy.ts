import { UserError, type Settings, type Workspace, type YamlFile } from '@itsup/config';
import type { WorkspaceRouting } from '@itsup/routing';
import { fileOfSwarm } from '@itsup/traefik';
import { PROXY_COMPOSE_FILE, type ArtifactFile } from '../files/artifact';
import { fileRoutes } from './file-routes';
import { mergeYaml } from '../yaml/merge-yaml';
import { placeholderProblems } from '../project/placeholders';
import { proxyStack } from './proxy-stack';
import { staticConfiguration } from './static-configuration';
import type { Templates } from '../files/templates';
import { composePrinter, dynamicPrinter, plainPrinter } from '../yaml/yaml-text';

const STATIC_FILE = 'proxy/traefik/traefik.yml';
/** The source of Traefik's plugin that decides who the client is. */
const CLIENT_ADDRESS = 'proxy/traefik/plugins-local/src/itsup/client-address';

/**
 * The files of `proxy/`: exactly those of `proxyArtifactPaths()`, sorted by path. What an e-mail or the dashboard's
 * users add is in them when the settings hold these; a deploy that has them from its environment renders again with
 * settings that do.
 * @throws UserError when a Traefik file would hold a `${VAR}`, which Traefik never expands, or an override is no
 * mapping.
 */
export function renderProxy(
  workspace: Workspace,
  routing: WorkspaceRouting,
  templates: Templates,
): ArtifactFile[] {
  const { settings } = workspace;
  const configuration = overlay(
    templates.render('proxy/traefik.yml', { ...plainPrinter, ...staticConfiguration(settings, routing) }),
    settings.traefikOverride,
    'static',
  );
  const stack = { ...proxyStack(settings, templates, configuration), ...composePrinter };
  const dynamic = (template: 'routers-http' | 'routers-tcp' | 'routers-udp'): string => {
    const kind = template.slice('routers-'.length) as 'http' | 'tcp' | 'udp';
    return templates.render(`proxy/${template}.yml`, {
      ...dynamicPrinter,
      ...fileRoutes(kind, routing, settings),
    });
  };
  const files: ArtifactFile[] = [
    {
      path: 'proxy/crowdsec/acquis.yaml',
      text: templates.render('proxy/crowdsec-acquis.yaml', plainPrinter),
    },
    {
      path: 'proxy/dns/Corefile',
      text: templates.render('proxy/Corefile', { resolvers: settings.dns.resolvers }),
    },
    { path: 'proxy/dns/Dockerfile', text: stack.dnsDockerfile },
    { path: PROXY_COMPOSE_FILE, text: templates.render('proxy/docker-compose.yml', stack) },
    {
      path: 'proxy/traefik/dynamic/middlewares.yml',
      text: overlay(
        templates.render('proxy/middlewares.yml', { ...stack, ...dynamicPrinter }),
        settings.middlewaresOverride,
        'dynamic',
      ),
    },
    { path: 'proxy/traefik/dynamic/routers-http.yml', text: dynamic('routers-http') },
    { path: 'proxy/traefik/dynamic/routers-tcp.yml', text: dynamic('routers-tcp') },
    { path: 'proxy/traefik/dynamic/routers-udp.yml', text: dynamic('routers-udp') },
    {
      path: `${CLIENT_ADDRESS}/.traefik.yml`,
      text: templates.render('proxy/client-address.manifest.yml', plainPrinter),
    },
    { path: `${CLIENT_ADDRESS}/client_address.go`, text: templates.render('proxy/client-address.go', stack) },
    { path: STATIC_FILE, text: configuration },
  ];
  refusePlaceholders(files, settings);
  return settings.engine === 'swarm' ? files.map(ofSwarm) : files;
}

/** Whoever names a label's object calls its provider `docker`, on a swarm too. */
function ofSwarm(file: ArtifactFile): ArtifactFile {
  if (file.path === STATIC_FILE) return { ...file, text: fileOfSwarm(file.text, 'static') };
  if (!file.path.startsWith('proxy/traefik/dynamic/')) return file;
  return { ...file, text: fileOfSwarm(file.text, 'dynamic') };
}

function overlay(generated: string, override: YamlFile | null, kind: 'static' | 'dynamic'): string {
  return override === null ? generated : mergeYaml(generated, override, kind);
}

/** The operator's file that is laid over a generated one, by the generated one's path. */
function overrideOf(path: string, settings: Settings): YamlFile | null {
  if (path.endsWith('/traefik.yml')) return settings.traefikOverride;
  return path.endsWith('/middlewares.yml') ? settings.middlewaresOverride : null;
}

function refusePlaceholders(files: ArtifactFile[], settings: Settings): void {
  const problems = files
    .filter(({ path }) => path.startsWith('proxy/traefik/') && !path.startsWith(CLIENT_ADDRESS))
    .flatMap(({ path, text }) => placeholderProblems(text, path, overrideOf(path, settings)));
  if (problems.length > 0) throw new UserError(problems);
}
