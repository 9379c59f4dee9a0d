import { createHash } from 'node:crypto';

/**
 * Behind the name of everything that a pin takes over from labels. It sorts after `@`, which decides between UDP
 * routers.
 */
const suffix = '~rollout';

/**
 * The name of what a pin takes over. It carries whose pin it is: labels of two projects, or of two services, may give
 * one name, and of two files that define it Traefik keeps the first.
 */
export function pinnedName(name: string, { project, service }: PinOwner): string {
  return `${name}~${project}~${service}${suffix}`;
}

/**
 * The label's name behind a pin's, its own file's routers left out; null: the name is none of those. Pins of a version
 * that wrote no owner are known too.
 */
export function labelNameOf(pinned: string): string | null {
  return /^([^~]*)(?:~[^~]*~[^~]*)?~rollout$/.exec(pinned)?.[1] ?? null;
}

/**
 * Sorts before `routers-*.yml`, so that an object of the pin wins over one of the same name there: Traefik's file
 * provider keeps the first.
 */
export function pinFileName(project: string, service: string): string {
  return `rollout-${project}-${service}.yml`;
}

export function isPinFile(name: string): boolean {
  return name.startsWith('rollout-');
}

/** Name of the file that leads a project's requests to the page that it is away. */
export function pageFileName(project: string): string {
  return `maintenance-${project}.yml`;
}

export function isPageFile(name: string): boolean {
  return name.startsWith('maintenance-');
}

/**
 * Traefik's cookie name for a sticky service without one (pkg/server/cookie): sessions survive the pin only under the
 * same name.
 */
export function stickyCookieName(qualifiedService: string): string {
  return `_${createHash('sha1').update(`_TRAEFIK_BACKEND_${qualifiedService}`).digest('hex')}`.slice(0, 6);
}

export interface PinOwner {
  project: string;
  service: string;
}

/** First line of a pin: its file's name cannot tell `shop` with `web-api` from `shop-web` with `api`. */
export function ownerLine({ project, service }: PinOwner): string {
  return `# itsup: ${JSON.stringify({ project, service })}`;
}

/** null: the text does not begin with an owner. */
export function ownerOf(text: string): PinOwner | null {
  const json = /^# itsup: (\{.*\})$/m.exec(text)?.[1];
  return json === undefined ? null : (JSON.parse(json) as PinOwner);
}
