import { toIngressRow } from './ingress-row';
import type { IngressFile } from '../schema/ingress-schema';
import { tidyIngress } from './ingress-tidy';
import { isMapping } from '../yaml/is-mapping';
import { schemas } from '../schema/late-schemas';
import type { EgressEdge, ExportEntry, Exports, IngressRow, PathMode } from '../model';
import type { Problem } from '../problem/problem';
import type { YamlFiles } from '../yaml/yaml-files';
import type { YamlSource } from '../yaml/yaml-source';

/** What an ingress file says; rows that are wrong are left out. */
export interface IngressFacts {
  enabled: boolean;
  host: string | null;
  paths: PathMode | null;
  ingress: IngressRow[];
  egress: EgressEdge[];
  exports: Exports | null;
  /** Shows where things stand; null when the file could not be parsed. */
  source: YamlSource | null;
  problems: Problem[];
}

/** Words of other proxies and of itsUP's README. */
const SYNONYMS = {
  target: 'host',
  path: 'path_prefix',
  prefix: 'path_prefix',
  strip_prefix: 'path_remove',
  hostname: 'domain',
  domains: 'domain',
  sni: 'domain',
  entrypoint: 'hostport',
  allowed_ips: 'allow_source_ips',
  whitelist: 'allow_source_ips',
  ip_address: 'ipv4_address',
  type: 'router',
};

/** Reads the ingress file of project `consumer`. One without a row is fine: it asks for nothing. */
export function readIngress(files: YamlFiles, file: string, consumer: string): IngressFacts {
  const nothing = {
    enabled: true,
    host: null,
    paths: null,
    ingress: [],
    egress: [],
    exports: null,
    source: null,
  };
  const { sources, problems } = files.yaml(file, { yaml11Booleans: true }, undefined, consumer);
  const source = sources[0];
  if (!source) return { ...nothing, problems };

  const { checkSchema, ingressSchema } = schemas();
  const data = tidyIngress(source.data);
  const checked = checkSchema(ingressSchema, source, { data, synonyms: SYNONYMS, misplaced });
  if (checked.value) {
    const unfit = checked.value.ingress.map((row, index) => misfitsOf(row, index, source));
    const left = new Set(unfit.flatMap((found, index) => (found.some(isError) ? [index] : [])));
    return {
      ...facts(checked.value, source, consumer, left),
      problems: [
        ...(source.text.trim() === '' ? [emptyFile(file)] : []),
        ...replacedDomains(checked.value, source),
        ...unfit.flat(),
        ...emptyEdges(checked.value, source),
      ],
    };
  }

  const { sound, badRows } = withoutFaults(data, checked.paths);
  const rest = ingressSchema.safeParse(sound);
  return {
    ...nothing,
    ...(rest.success ? facts(rest.data, source, consumer, badRows) : {}),
    // What is written wrong names nobody; it does not let everybody in.
    ...(isMapping(data) &&
    Object.hasOwn(data, 'exports') &&
    isMapping(sound) &&
    !Object.hasOwn(sound, 'exports')
      ? { exports: { place: source.place(['exports'], 'key'), services: [], paths: [] } }
      : {}),
    source,
    problems: checked.problems,
  };
}

/** A disk that was full leaves such a file, and its deploy would take every route of the project away. */
function emptyFile(file: string): Problem {
  return {
    code: 'empty-file',
    severity: 'warning',
    message: 'the ingress file is empty: nothing leads to this project',
    help: 'Write its rows, or remove the file.',
    place: { file, line: 1, column: 1 },
  };
}

function facts(
  file: IngressFile,
  source: YamlSource,
  consumer: string,
  badRows: ReadonlySet<number>,
): Omit<IngressFacts, 'problems'> {
  return {
    enabled: file.enabled,
    host: file.host ?? null,
    paths: file.paths ?? null,
    ingress: file.ingress.flatMap((row, index) =>
      badRows.has(index) ? [] : [toIngressRow(row, index, source)],
    ),
    egress: file.egress.flatMap((edge, index) => {
      if (edge === '') return [];
      const [provider = '', service = ''] = edge.split(':');
      return { place: source.place(['egress', index]), consumer, provider, service };
    }),
    exports: file.exports === undefined ? null : exportsOf(file.exports, source),
    source,
  };
}

function exportsOf(written: NonNullable<IngressFile['exports']>, source: YamlSource): Exports {
  const { paths, ...services } = written;
  const entries = (named: Record<string, string[]>, at: readonly string[]): ExportEntry[] =>
    Object.entries(named).map(([name, projects]) => ({
      name,
      projects,
      place: source.place(['exports', ...at, name]),
    }));
  return {
    place: source.place(['exports'], 'key'),
    services: entries(services, []),
    paths: entries(paths, ['paths']),
  };
}

/** The file without its wrong parts: a wrong row becomes an empty one, so that the others keep their index. */
function withoutFaults(
  data: unknown,
  paths: readonly PropertyKey[][],
): { sound: unknown; badRows: Set<number> } {
  const badRows = new Set<number>();
  if (!isMapping(data)) return { sound: {}, badRows };
  const known = Object.keys(schemas().ingressSchema.shape);
  const sound = Object.fromEntries(Object.entries(data).filter(([key]) => known.includes(key)));
  for (const [key, index] of paths) {
    if (key === 'ingress' && typeof index === 'number') badRows.add(index);
    else if (typeof key === 'string') delete sound[key];
  }
  if (Array.isArray(sound['ingress'])) {
    sound['ingress'] = sound['ingress'].map((row: unknown, index) => (badRows.has(index) ? {} : row));
  }
  return { sound, badRows };
}

/** Fields that the row's router has no use for. */
function misfitsOf(row: IngressFile['ingress'][number], index: number, source: YamlSource): Problem[] {
  const { emptyRow, ingressRowSchema, misfits } = schemas();
  return misfits(row, { shape: ingressRowSchema.shape, nothing: emptyRow }, index, source);
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}

/** As in itsUP, `tls.main` and its SANs replace `domain`; a name that is lost that way deserves a word. */
function replacedDomains(file: IngressFile, source: YamlSource): Problem[] {
  return file.ingress.flatMap(({ domain, tls }, index) => {
    if (domain === undefined || tls?.main === undefined) return [];
    const names = [tls.main, ...tls.sans].map((name) => name.toLowerCase());
    const lost = [domain].flat().filter((name) => !names.includes(name.toLowerCase()));
    if (lost.length === 0) return [];
    return {
      code: 'domain-replaced',
      severity: 'warning' as const,
      message: `\`tls\` replaces \`domain\`, so \`${lost.join(', ')}\` is not served`,
      help: 'Add it to `tls.sans`, or remove it.',
      place: source.place(['ingress', index, 'domain']),
      related: [
        { message: 'the names that are served', place: source.place(['ingress', index, 'tls', 'main']) },
      ],
    };
  });
}

function emptyEdges({ egress }: IngressFile, source: YamlSource): Problem[] {
  return egress.flatMap((edge, index) =>
    edge !== ''
      ? []
      : {
          code: 'empty-egress',
          severity: 'warning' as const,
          message: `entry ${index + 1} of \`egress\` is empty and leads nowhere`,
          help: 'Remove it, or write `project:service`.',
          place: source.place(['egress', index]),
        },
  );
}

function misplaced(key: string, path: readonly PropertyKey[]): string | undefined {
  const { ingressRowSchema, ingressSchema } = schemas();
  if (path.length === 0 && Object.hasOwn(ingressRowSchema.shape, key)) {
    return `\`${key}\` belongs in a row of \`ingress\`: a list entry that starts with \`- \`.`;
  }
  if (path.length === 2 && Object.hasOwn(ingressSchema.shape, key)) {
    return `\`${key}\` belongs at the top of the file, not in a row.`;
  }
  if (path.length === 0 && key === 'engine') {
    return 'The engine is one for all projects: `engine` in projects/itsup.yml. What a swarm cannot run belongs into a workspace of its own, on a machine with `engine: compose`.';
  }
  if (path.at(-1) === 'headers') return 'Put it under `request` or `response`.';
  return undefined;
}
