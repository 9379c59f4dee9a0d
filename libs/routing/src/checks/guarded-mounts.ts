import { posix } from 'node:path';

import type { Isolation, Place, Problem, Project } from '@itsup/config';

/** The volume of the proxy's stack with the socket that reads every container's environment. */
export const ENGINE_VOLUME = 'proxy_engine';

/** Where deploys keep their state, unless told otherwise: root's folder, and any other user's. */
const STATE_FOLDERS = ['/var/lib/itsup', '~/.local/state/itsup'];

/** Sockets that take orders for the engine, and the folder where it keeps every volume. */
const ENGINE_FILES = [
  '/run/docker.sock',
  '/run/podman/podman.sock',
  '/run/containerd/containerd.sock',
  '/var/lib/docker/volumes',
];

/** What a container that mounts it gets hold of; null: nothing that is guarded. */
export type Guarded = 'socket-proxy' | 'state' | 'engine' | null;

/**
 * Which of the host's own things a mount shows.
 * @param source a path or the name of a volume; `${NAME:-default}` counts as its default
 * @param stateFolder where it is on this host, when that is known
 */
export function guardedBy(source: string, stateFolder: string | null = null): Guarded {
  if (/^\$\{?ITSUP_STATE\b/.test(source)) return 'state';
  const text = source.replace(/\$\{\w+:?-([^}]*)\}/g, '$1');
  if (text === ENGINE_VOLUME) return 'socket-proxy';
  if (!/^[/~]/.test(text)) return null;
  // What Linux calls /var/run is /run.
  const path = posix
    .normalize(text)
    .replace(/(.)\/$/, '$1')
    .replace(/^\/var\/run(?=\/|$)/, '/run');
  if (isIn(path, `/var/lib/docker/volumes/${ENGINE_VOLUME}`)) return 'socket-proxy';
  const states = stateFolder === null ? STATE_FOLDERS : [...STATE_FOLDERS, stateFolder];
  if (states.some((folder) => isIn(path, folder))) return 'state';
  if (/^\/run\/user\/\d+(\/(docker|podman\/podman)\.sock)?$/.test(path)) return 'engine';
  return [...ENGINE_FILES, ...states].some((file) => isIn(file, path)) ? 'engine' : null;
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** A mount of a project that shows what is guarded. */
export interface GuardedMount {
  project: string;
  service: string;
  source: string;
  guarded: NonNullable<Guarded>;
  place?: Place;
}

/** What is wrong with the mount, or to be known about it. */
export function guardedMountProblem(mount: GuardedMount, isolation: Isolation): Problem {
  const { project, service, source, guarded, place } = mount;
  const at = { ...(place && { place }), project };
  if (guarded === 'engine') {
    return {
      code: 'mounts-engine',
      severity: isolation === 'strict' ? 'error' : 'note',
      message: `service \`${service}\` mounts ${source}, by which it is root on this host: it reads the secrets of every project and can start what it likes`,
      help:
        isolation === 'strict'
          ? 'remove it; `isolation: strict` in itsup.yml gives no service the engine'
          : 'give it only to what you trust with the host; `isolation: strict` in itsup.yml refuses it',
      ...at,
    };
  }
  return {
    code: guarded === 'state' ? 'mounts-state' : 'mounts-socket-proxy',
    severity: 'error',
    message:
      guarded === 'state'
        ? `service \`${service}\` mounts ${source}, where deploys keep certificates, keys and what runs`
        : `service \`${service}\` mounts ${source}, the socket by which Traefik reads every container's environment`,
    help: "remove it; it is the proxy's alone",
    ...at,
  };
}

/** Mounts of the project's services that show what is guarded, as far as its files say. */
export function guardedMountProblems(project: Project, isolation: Isolation): Problem[] {
  return (project.compose?.services ?? []).flatMap((service) =>
    (service.mounts ?? []).flatMap(({ source, place }) => {
      const guarded = guardedBy(source);
      if (guarded === null) return [];
      const mount = { project: project.name, service: service.name, source, guarded, place };
      return [guardedMountProblem(mount, isolation)];
    }),
  );
}
