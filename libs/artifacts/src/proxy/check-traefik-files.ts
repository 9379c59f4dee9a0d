import type { Place, Problem, Settings, YamlFile } from '@itsup/config';
import { traefikCheckOptions, type TraefikObjects } from '@itsup/routing';
import {
  checkFile,
  isCheckedVersion,
  locate,
  unknownReferences,
  type CheckedFile,
  type Finding,
  type UnknownReference,
} from '@itsup/traefik';
import type { ArtifactFile } from '../files/artifact';
import { providerProblems } from './check-provider';
import { resolverProblems } from './check-resolvers';
import { entryPointsIn } from './entry-points';

interface CheckedArtifact {
  file: ArtifactFile;
  kind: 'static' | 'dynamic';
  checked: CheckedFile;
}

/**
 * Checks the files of `proxy/traefik` as Traefik reads them: against the types of its own source, and every name in
 * them. A fault stands at the operator's line, or in the generated file where that is ours. With another version of
 * Traefik than the types are of nothing is judged but what certificates and deploys need, and a note says so.
 *
 * @param files of `renderProxy`; others than Traefik's are left alone
 * @param objects what the workspace defines for names to lead to
 */
export function traefikFileProblems(
  files: readonly ArtifactFile[],
  settings: Settings,
  objects: TraefikObjects,
): Problem[] {
  const reckonedWith = files
    .filter((file) => kindOf(file) === 'static')
    .flatMap((file) => [
      ...resolverProblems(file, settings.traefikOverride),
      ...providerProblems(file, settings.traefikOverride),
    ]);
  if (!isCheckedVersion(settings.versions.traefik)) return reckonedWith;
  const checked = files.flatMap((file): CheckedArtifact[] => {
    const kind = kindOf(file);
    if (kind === null) return [];
    return [{ file, kind, checked: checkFile(file.text, kind, traefikCheckOptions) }];
  });
  const known = {
    ...objects,
    file: new Set([...objects.file, ...checked.flatMap((each) => [...each.checked.defined])]),
  };
  const wrong = checked.flatMap(({ file, kind, checked: { findings, references, positionOf } }) => {
    const unknown = unknownReferences(
      references,
      kind === 'static' ? 'static' : 'file',
      known,
      traefikCheckOptions.suggest,
    );
    const override = kind === 'static' ? settings.traefikOverride : overrideOf(file, settings);
    const ofSwarm = kind === 'static' && settings.engine === 'swarm' ? addressFindings(file.text) : [];
    return [...findings, ...ofSwarm, ...unknown.map(tempered)].map((finding) => ({
      code: `traefik-${finding.code}`,
      severity: finding.severity,
      message: finding.message,
      ...(finding.help === undefined ? {} : { help: finding.help }),
      place: placeOf(finding, file, override, positionOf),
    }));
  });
  return [...wrong, ...reckonedWith];
}

/** Traefik of a swarm has networks of its own: it cannot listen at an address of the host's. */
function addressFindings(text: string): Finding[] {
  return entryPointsIn(text).flatMap(({ name, address, path }): Finding[] => {
    if (address === null || path === null || !/^[^:\s]+:|^\[/.test(address)) return [];
    return [
      {
        severity: 'error',
        code: 'address-on-a-swarm',
        message: `the entry point \`${name}\` listens at ${address}: with \`engine: swarm\` Traefik is not in this host's network, and has no such address`,
        help: 'leave the address out, and let a firewall say who comes',
        path,
        span: { start: 0, end: 0 },
      },
    ];
  });
}

/** null: a file that Traefik does not read as configuration. */
function kindOf({ path }: ArtifactFile): 'static' | 'dynamic' | null {
  if (path === 'proxy/traefik/traefik.yml') return 'static';
  return path.startsWith('proxy/traefik/dynamic/') ? 'dynamic' : null;
}

/** Containers of other stacks may define what no label here does. */
function tempered(finding: UnknownReference): Finding {
  return finding.maybeElsewhere ? { ...finding, severity: 'warning' } : finding;
}

function overrideOf({ path }: ArtifactFile, settings: Settings): YamlFile | null {
  return path.endsWith('/middlewares.yml') ? settings.middlewaresOverride : null;
}

function placeOf(
  { path, span, code }: Finding,
  file: ArtifactFile,
  override: YamlFile | null,
  positionOf: CheckedFile['positionOf'],
): Place {
  if (override !== null) {
    const found =
      path.length === 0
        ? null
        : locate(
            override.text,
            path,
            code === 'unknown-field' || code === 'not-read-by-traefik' ? 'key' : 'value',
          );
    if (found !== null) return { file: override.file, ...found };
    const offset = path.length === 0 ? override.text.indexOf(file.text.slice(span.start, span.end)) : -1;
    if (offset >= 0)
      return { file: override.file, ...positionIn(override.text, offset, span.end - span.start) };
  }
  return { file: file.path, ...positionOf(span) };
}

function positionIn(text: string, offset: number, length: number): Omit<Place, 'file'> {
  const before = text.slice(0, offset).split('\n');
  const line = text.split('\n')[before.length - 1] ?? '';
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, text: line, length };
}
