import type { Settings } from '../model';
import { orderProblems } from '../problem/order-problems';
import type { Place, Problem } from '../problem/problem';
import { schemas } from '../schema/late-schemas';
import type { SettingsFile } from '../schema/settings/settings-schema';
import { YamlFiles } from '../yaml/yaml-files';
import { suggest } from '../problem/suggest';
import { readTraefikFile } from './traefik-file';
import { trustedProxyProblems } from './trusted-proxies';
import { isMapping } from '../yaml/is-mapping';
import type { YamlSource } from '../yaml/yaml-source';

const FILE = 'projects/itsup.yml';

/** Entry points whose port can be set, as the file and as the model call them. */
const ENTRY_POINTS = [
  ['web', 'web'],
  ['web-secure', 'webSecure'],
  ['traefik', 'traefik'],
  ['crowdsec-lapi', 'crowdsecLapi'],
  ['crowdsec-appsec', 'crowdsecAppsec'],
] as const;
type EntryPointName = (typeof ENTRY_POINTS)[number][0];

/** What the settings' files came to. */
export interface ReadSettings {
  settings: Settings;
  problems: Problem[];
}

/**
 * `projects/itsup.yml` of the workspace `root` with its defaults (an absent file is fine), and the two Traefik files
 * beside it. What is wrong falls back to its default and comes back as a problem.
 */
export async function readSettings(root: string): Promise<ReadSettings> {
  return readSettingsFrom(new YamlFiles(root));
}

/** The same from files that are being read anyway. */
export function readSettingsFrom(files: YamlFiles): ReadSettings {
  const problems: Problem[] = [];
  const read: string[] = [];
  let input = schemas().settingsSchema.parse({});
  let places: NonNullable<Settings['places']> = {};
  if (files.read(FILE).reason !== 'missing') {
    read.push(FILE);
    const parsed = files.yaml(FILE, { yaml11Booleans: true });
    problems.push(...parsed.problems);
    const [source] = parsed.sources;
    if (source) {
      input = checkSettings(source, problems);
      places = placesOf(source, input);
      problems.push(...sharedPorts(source, input), ...notOnSwarm(source, input));
    }
  }
  const [traefikOverride, middlewaresOverride] = ['projects/traefik.yml', 'projects/middlewares.yml'].map(
    (file) => {
      const result = readTraefikFile(files, file);
      problems.push(...result.problems);
      if (result.exists) read.push(file);
      return result.file;
    },
  );
  const settings: Settings = {
    ...toSettings(input),
    places,
    traefikOverride: traefikOverride ?? null,
    middlewaresOverride: middlewaresOverride ?? null,
    files: read,
  };
  problems.push(...trustedProxyProblems(files, settings));
  return { settings, problems: orderProblems(problems) };
}

function checkSettings(source: YamlSource, problems: Problem[]): SettingsFile {
  const { checkSchema, settingsSchema } = schemas();
  const data = withoutNulls(source.data);
  const checked = checkSchema(settingsSchema, source, { data, secrets: ['admin', 'dnsChallenge'] });
  problems.push(...checked.problems, ...mistypedOpenKeys(source, data));
  if (checked.value) return checked.value;
  const sound = settingsSchema.safeParse(withoutFaults(data, checked.paths));
  return sound.success ? sound.data : settingsSchema.parse({});
}

/** `versions` and `crowdsec` keep keys that only itsUP knows, so only a near miss of ours is worth a word there. */
function mistypedOpenKeys(source: YamlSource, data: unknown): Problem[] {
  const problems: Problem[] = [];
  for (const section of ['versions', 'crowdsec'] as const) {
    const value = isMapping(data) ? data[section] : undefined;
    if (!isMapping(value)) continue;
    const known = Object.keys(schemas().settingsSchema.shape[section].unwrap().shape);
    for (const key of Object.keys(value)) {
      const meant = known.includes(key) ? undefined : suggest(key, known);
      if (meant === undefined) continue;
      problems.push({
        code: 'unknown-key',
        severity: 'error',
        message: `unknown key \`${key}\` — did you mean \`${meant}\`?`,
        place: source.place([section, key], 'key'),
      });
    }
  }
  return problems;
}

/** A key without a value counts as left out, at any depth of mappings. */
function withoutNulls(data: unknown): unknown {
  if (data === null || data === undefined) return {};
  return isMapping(data) ? pruned(data) : data;
}

function pruned(mapping: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(mapping)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, isMapping(value) ? pruned(value) : value]),
  );
}

function withoutFaults(data: unknown, paths: readonly PropertyKey[][]): unknown {
  if (!isMapping(data)) return {};
  const known = Object.keys(schemas().settingsSchema.shape);
  const faulty = new Set(paths.map(([key]) => key));
  return Object.fromEntries(Object.entries(data).filter(([key]) => known.includes(key) && !faulty.has(key)));
}

function placesOf(source: YamlSource, file: SettingsFile): NonNullable<Settings['places']> {
  const { domain, entryPoints } = file.traefik;
  const traefikDomain =
    domain === undefined
      ? placeOf(source, ['traefikDomain'], file.traefikDomain)
      : placeOf(source, ['traefik', 'domain'], domain);
  const places: NonNullable<Settings['places']> = { ...(traefikDomain && { traefikDomain }) };
  const engine = placeOf(source, ['engine'], file.engine);
  if (engine !== null) places.engine = engine;
  for (const [name, key] of ENTRY_POINTS) {
    const place = placeOf(source, ['traefik', 'entryPoints', name], entryPoints[name]);
    if (place !== null) places[key] = place;
  }
  return places;
}

/** What is asked for and a swarm does not have yet. */
function notOnSwarm(source: YamlSource, file: SettingsFile): Problem[] {
  if (file.engine !== 'swarm') return [];
  return (['dns', 'crowdsec'] as const).flatMap((section) => {
    const place = file[section].enabled ? placeOf(source, [section, 'enabled'], true) : null;
    if (place === null) return [];
    return [
      {
        code: 'not-on-a-swarm',
        severity: 'error' as const,
        message: `\`${section}.enabled\` is not possible with \`engine: swarm\` yet`,
        help: `leave it out, or \`engine: compose\`; the documentation (Several machines) says what there is so far`,
        place,
      },
    ];
  });
}

/** Two entry points cannot listen on one port, also where one of the two has its default. */
function sharedPorts(source: YamlSource, { traefik: { entryPoints } }: SettingsFile): Problem[] {
  const taken = new Map<number, EntryPointName>();
  return ENTRY_POINTS.flatMap(([name]) => {
    const port = entryPoints[name];
    const other = taken.get(port);
    if (other === undefined) {
      taken.set(port, name);
      return [];
    }
    const written = [name, other].find(
      (one) => placeOf(source, ['traefik', 'entryPoints', one], entryPoints[one]) !== null,
    );
    const place = source.place(['traefik', 'entryPoints', written ?? name]);
    return [
      {
        code: 'entry-points-share-port',
        severity: 'error' as const,
        message: `the entry points \`${other}\` and \`${name}\` both listen on port ${port}`,
        place: { file: place.file, line: place.line, column: place.column },
        help: 'give each a port of its own',
      },
    ];
  });
}

/**
 * Where a value that counts stands; null when it stands nowhere. Without the line's text: `traefik.admin`, which no
 * message may show, can stand on the same one.
 */
function placeOf(source: YamlSource, path: readonly string[], used: unknown): Place | null {
  let value = source.data;
  for (const key of path) value = isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  if (value === undefined || value !== used) return null;
  const { file, line, column } = source.place(path);
  return { file, line, column };
}

/** The file in the model's one shape. */
export function toSettings(
  file: SettingsFile,
): Omit<Settings, 'places' | 'traefikOverride' | 'middlewaresOverride' | 'files'> {
  return {
    traefikDomain: (file.traefik.domain ?? file.traefikDomain)?.toLowerCase() ?? null,
    traefikAdmin: listOf(file.traefik.admin),
    trustedIps: [...new Set([...listOf(file.routerIP), ...file.trustedIPs])],
    letsEncrypt: {
      email: file.letsencrypt.email ?? null,
      staging: file.letsencrypt.staging,
      caServer: file.letsencrypt.caServer ?? null,
      caCertificates: file.letsencrypt.caCertificates ?? null,
      wait: file.letsencrypt.wait,
      resolvers: file.letsencrypt.resolvers,
    },
    entryPoints: { web: file.traefik.entryPoints.web, webSecure: file.traefik.entryPoints['web-secure'] },
    hsts: hstsOf(file),
    rateLimit: rateLimitOf(file),
    headers: file.traefik.headers,
    internalPorts: {
      traefik: file.traefik.entryPoints.traefik,
      crowdsecLapi: file.traefik.entryPoints['crowdsec-lapi'],
      crowdsecAppsec: file.traefik.entryPoints['crowdsec-appsec'],
    },
    versions: {
      traefik: file.versions.traefik,
      dockerproxy: file.versions.dockerproxy,
      dns: file.versions.dns,
      crowdsec: file.versions.crowdsec,
      crowdsecPlugin: file.versions.crowdsecPlugin,
    },
    // It answers at an address of its own, which no service of a swarm has.
    dns: file.engine === 'swarm' ? { ...file.dns, enabled: false } : file.dns,
    proxynet: file.proxynet,
    crowdsec: {
      enabled: file.crowdsec.enabled,
      collections: file.crowdsec.collections,
      clientTrustedIps: file.crowdsec.clientTrustedIPs,
    },
    paths: file.paths,
    isolation: file.isolation,
    engine: file.engine,
    ...(file.alert.command === undefined ? {} : { alertCommand: file.alert.command }),
  };
}

function hstsOf({ traefik: { hsts } }: SettingsFile): Settings['hsts'] {
  const { enabled, ...header } = hsts;
  return enabled ? header : null;
}

function rateLimitOf({ traefik: { rateLimit } }: SettingsFile): Settings['rateLimit'] {
  const { enabled, ...limit } = rateLimit;
  return enabled ? limit : null;
}

function listOf<T>(value: T | T[] | undefined): T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
