import type { IngressRow, Problem, Project, Settings, Severity } from '@itsup/config';
import { subtree } from '@itsup/traefik';
import { knownMiddlewares, type KnownMiddlewares } from '../labels/middlewares';
import { narrowerFirst, type RowPriorities } from './narrower-first';

/** What turning a project's rows into routes needs besides the row itself. */
export interface RowContext {
  project: Project;
  middlewares: KnownMiddlewares;
  /** Names of the certificate resolvers. */
  resolvers: ReadonlySet<string>;
  /** Proxies in front of the host. */
  trustedIps: readonly string[];
  settings: Settings;
  /** Of rows that have to be asked before a wider one with a longer rule. */
  priorities: ReadonlyMap<IngressRow, RowPriorities>;
  problems: Problem[];
}

/** The resolver that issues certificates where a row names none. */
export const defaultResolver = 'letsencrypt';

/** Gathers what rows may refer to. */
export function rowContext(project: Project, settings: Settings): RowContext {
  return {
    project,
    middlewares: knownMiddlewares(settings),
    resolvers: new Set([
      defaultResolver,
      ...Object.keys(settings.letsEncrypt.resolvers),
      ...Object.keys(subtree(settings.traefikOverride?.data, 'certificatesResolvers')),
    ]),
    trustedIps: settings.trustedIps,
    settings,
    priorities: narrowerFirst(project.ingress),
    problems: [],
  };
}

/** A finding about one key of a row. */
export interface RowFinding {
  /** Key of the row as the operator writes it, for the place; absent: the whole row. */
  key?: string;
  code: string;
  message: string;
  help?: string;
  /** As `Problem` has it. */
  subject?: string;
  severity?: Severity;
}

/** Reports a finding at the place of its key. */
export function report(context: RowContext, row: IngressRow, finding: RowFinding): void {
  const { key, code, message, help, subject, severity = 'error' } = finding;
  context.problems.push({
    code,
    severity,
    message,
    ...(help === undefined ? {} : { help }),
    ...(subject === undefined ? {} : { subject }),
    place: (key === undefined ? undefined : row.places[key]) ?? row.place,
    project: context.project.name,
  });
}
