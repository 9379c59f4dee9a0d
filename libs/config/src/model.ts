import type { IngressRow } from './ingress/ingress-row';
import type { ComposeFacts } from './compose-model';
import type { Place, Problem } from './problem/problem';
import type { RouterKind } from './schema/route-kind';
import type { PathMode, Settings } from './settings-model';

export type { RouterKind };

export type { IngressRow };

export type * from './compose-model';
export type * from './settings-model';

/** Everything `projects/` says, validated, with a place for every value that a message may point at. */
export interface Workspace {
  settings: Settings;
  /** Sorted by name, whatever the file system's order; broken ones included, their problems in `problems`. */
  projects: Project[];
  /** Of settings, overrides and all projects. */
  problems: Problem[];
}

/** One folder of `projects/`. */
export interface Project {
  name: string;
  /** `projects/<name>`, relative to the workspace root. */
  folder: string;
  /** container: it has a Compose file. external: it has none and its ingress file names a host. */
  kind: 'container' | 'external';
  /** `enabled: false` takes the stack down and its routes away. */
  enabled: boolean;
  paths: PathMode;
  /** Address or name outside Docker; set exactly when `kind` is external. */
  host: string | null;
  /** The ingress file, relative to the workspace root; null when the project has none. */
  ingressFile: string | null;
  ingress: IngressRow[];
  egress: EgressEdge[];
  /** Who else may use what of this project; absent: the file does not say. */
  exports?: Exports;
  compose: ComposeFacts | null;
  /** Tracked files that the artifact or the verdict depends on, relative to the workspace root, sorted. */
  files: string[];
}

/** One entry of `egress:`. */
export interface EgressEdge {
  place: Place;
  /** The project that needs the connection. */
  consumer: string;
  provider: string;
  /** The provider's Compose service. */
  service: string;
}

/** `exports:` of a project: what is not in it, nobody else may use. */
export interface Exports {
  place: Place;
  /** By Compose service. */
  services: ExportEntry[];
  /** By path below the project's domains. */
  paths: ExportEntry[];
}

/** One line of `exports:`. */
export interface ExportEntry {
  /** The Compose service, or the path. */
  name: string;
  /** The projects that may use it. */
  projects: string[];
  place: Place;
}
