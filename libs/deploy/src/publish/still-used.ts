import { entryPath, type Entries } from './entries';
import { namesIn, type Use } from './references';

/** An object of the proxy's that the sources have no more and that somebody still needs. */
export interface HeldObject {
  /** Its entry. */
  key: string;
  /** `middleware rate-limit` */
  what: string;
  /** Who names it, in words. */
  users: string[];
}

const WORDS: Readonly<Record<string, string>> = {
  middlewares: 'middleware',
  services: 'service',
  serversTransports: 'transport',
  options: 'TLS options',
};

/**
 * Which of the objects that are to go are still named: by something that stays, or by one of them that has to stay. A
 * router is named by nobody, so one that is to go never stays.
 */
export function stillUsed(retired: Entries, uses: readonly Use[]): HeldObject[] {
  const held = new Map<string, HeldObject>();
  const open = [...uses];
  for (let use = open.shift(); use !== undefined; use = open.shift()) {
    for (const [key, value] of retired) {
      const [, kind = '', name = ''] = entryPath(key);
      if (kind === 'routers' || !use.names.has(name)) continue;
      const known = held.get(key);
      if (known === undefined) {
        held.set(key, { key, what: `${WORDS[kind] ?? kind} ${name}`, users: [use.user] });
        open.push({ user: use.user, names: namesIn(value) });
      } else if (!known.users.includes(use.user)) {
        known.users.push(use.user);
        open.push({ user: use.user, names: namesIn(value) });
      }
    }
  }
  return [...held.values()].map((object) => ({ ...object, users: object.users.sort() }));
}
