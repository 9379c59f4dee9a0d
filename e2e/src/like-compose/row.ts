import { stringify } from 'yaml';
import { BUSYBOX } from '../harness/engine/images';

/** A project's files by path below its folder: text, or a mapping that becomes YAML; null takes a file away. */
export type Files = Record<string, string | Record<string, unknown> | null>;

/** One project with the changes that it goes through: a line of the reference run's table. */
export interface Row {
  title: string;
  /** `first` is what is deployed first; each change is laid over what was there, and deployed. */
  first: Files;
  changes: Files[];
  /** The Compose project that the files make of it; absent: the folder's name, which stands in files as `__NAME__`. */
  project?: string;
  /** A deploy of it is meant to fail, so it is deployed by itself. */
  fails?: boolean;
  /** Compose succeeds and ours is meant to fail, for one of the intended differences. */
  failsHere?: boolean;
  /** The Compose that knows what is used; absent: every one that is tested. */
  sinceCompose?: string;
  /** Only on an engine that may run privileged containers, which one inside a container may not. */
  needsPrivileges?: boolean;
  /** Titles of the intended differences that may show here, from `intended.ts`; Compose's versions differ in some. */
  intended?: string[];
}

export const COMPOSE_FILE = 'docker-compose.yml';

/** A service that runs until it is told to stop, and stops at once. */
export function service(keys: Record<string, unknown> = {}): Record<string, unknown> {
  return { image: BUSYBOX, command: ['sleep', '1000000'], stop_grace_period: '0s', ...keys };
}

/** A Compose file of these services. */
export function compose(
  services: Record<string, Record<string, unknown>>,
  others: Record<string, unknown> = {},
): Files {
  return { [COMPOSE_FILE]: { services, ...others } };
}

/** A project of one service that gets other keys. */
export function keyRow(
  title: string,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  options: Omit<Partial<Row>, 'title' | 'first' | 'changes'> & { others?: Record<string, unknown> } = {},
): Row {
  const { others, ...rest } = options;
  return {
    title,
    first: compose({ web: service(before) }, others),
    changes: [compose({ web: service(after) }, others)],
    ...rest,
  };
}

/** What is written into a file. */
export function textOf(content: string | Record<string, unknown>): string {
  return typeof content === 'string' ? content : stringify(content);
}
