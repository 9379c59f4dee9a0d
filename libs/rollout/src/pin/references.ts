import { isTree, type Tree } from '@itsup/traefik';
import { pinnedName, type PinOwner } from './pin-names';
import type { Protocol, ProvidedConfiguration } from '../provider/provided-configuration';

/** Names of what labels define, as they have to read inside the pin. */
export class References {
  private readonly services: Set<string>;
  private readonly middlewares: Set<string>;

  constructor(
    provided: ProvidedConfiguration[Protocol],
    private readonly owner: PinOwner,
  ) {
    this.services = new Set(Object.keys(provided.services));
    this.middlewares = new Set(Object.keys(provided.middlewares));
  }

  service(reference: string): string {
    return resolve(reference, this.services, this.owner);
  }

  middleware(reference: string): string {
    return resolve(reference, this.middlewares, this.owner);
  }

  /** In a file's object: `name@docker` of a pinned service, wherever it stands, and of pinned middlewares. */
  replaceAll(object: Tree): Tree {
    return this.replaced(object) as Tree;
  }

  private replaced(value: unknown): unknown {
    if (typeof value === 'string') {
      const name = value.endsWith('@docker') ? value.slice(0, -'@docker'.length) : null;
      return name !== null && this.services.has(name) ? pinnedName(name, this.owner) : value;
    }
    if (Array.isArray(value)) return value.map((item) => this.replaced(item));
    if (!isTree(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        key.toLowerCase() === 'middlewares' && Array.isArray(item)
          ? item.map((name) => (/@docker$/.test(String(name)) ? this.middleware(String(name)) : name))
          : this.replaced(item),
      ]),
    );
  }
}

/** In a label a bare name means the docker provider's; in the pin's file it would mean the file provider's. */
function resolve(reference: string, own: Set<string>, owner: PinOwner): string {
  const bare = reference.endsWith('@docker') ? reference.slice(0, -'@docker'.length) : reference;
  if (own.has(bare)) return pinnedName(bare, owner);
  return bare.includes('@') ? bare : `${bare}@docker`;
}
