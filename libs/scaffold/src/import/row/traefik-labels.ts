import type { RouterKind } from '@itsup/config';
import { labelFields } from '@itsup/traefik';
import type { Label } from '../compose/compose-file';

/** A router, service or middleware that labels define: its fields in lower case, as Traefik compares them. */
export interface Definition {
  kind: RouterKind;
  name: string;
  /** Compose service of the container. */
  container: string;
  fields: Map<string, string>;
  labels: Label[];
}

/** What the labels of a file say to Traefik. */
export interface TraefikLabels {
  routers: Definition[];
  services: Definition[];
  middlewares: Definition[];
  /** `traefik.enable` and `traefik.docker.network`, by container. */
  switches: Map<string, Switches>;
  /** What is none of these, such as labels of Traefik v1. */
  others: Label[];
}

export interface Switches {
  enable: string | null;
  network: string | null;
  labels: Label[];
}

/** Sorts the labels that Traefik reads by what they define; all others are left out. */
export function readTraefikLabels(labels: readonly Label[]): TraefikLabels {
  const found: TraefikLabels = {
    routers: [],
    services: [],
    middlewares: [],
    switches: new Map(),
    others: [],
  };
  for (const own of byContainer(labels).values()) readContainer(own, found);
  return found;
}

function byContainer(labels: readonly Label[]): Map<string, Label[]> {
  const containers = new Map<string, Label[]>();
  for (const label of labels)
    containers.set(label.service, [...(containers.get(label.service) ?? []), label]);
  return containers;
}

function readContainer(labels: readonly Label[], found: TraefikLabels): void {
  const fields = new Map(
    labelFields(Object.fromEntries(labels.map(({ key, value }) => [key, value]))).map((each) => [
      each.label,
      each,
    ]),
  );
  for (const label of labels) {
    const key = label.key.toLowerCase();
    if (!key.startsWith('traefik.')) continue;
    const part = fields.get(label.key);
    const kind = part?.kind;
    const list = kind === 'routers' || kind === 'services' || kind === 'middlewares' ? found[kind] : null;
    if (part !== undefined && list !== null && part.field !== '') {
      const definition = definitionIn(list, part.protocol, part.name, label.service);
      definition.fields.set(part.field, label.value);
      definition.labels.push(label);
    } else if (
      key === 'traefik.enable' ||
      key === 'traefik.docker.network' ||
      key === 'traefik.swarm.network'
    ) {
      const switches = found.switches.get(label.service) ?? { enable: null, network: null, labels: [] };
      if (key === 'traefik.enable') switches.enable = label.value.toLowerCase();
      else switches.network = label.value;
      switches.labels.push(label);
      found.switches.set(label.service, switches);
    } else {
      found.others.push(label);
    }
  }
}

function definitionIn(list: Definition[], kind: RouterKind, name: string, container: string): Definition {
  const known = list.find((each) => each.kind === kind && each.name === name && each.container === container);
  if (known) return known;
  const definition = { kind, name, container, fields: new Map<string, string>(), labels: [] };
  list.push(definition);
  return definition;
}
