import type { RouterKind } from '@itsup/config';
import type { Label } from './compose-file';

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

const PART = /^traefik\.(http|tcp|udp)\.(routers|services|middlewares)\.([^.]+)\.(.+)$/i;
const HEADER = /^(headers\.custom(?:request|response)headers\.)(.+)$/i;

/** Sorts the labels that Traefik reads by what they define; all others are left out. */
export function readTraefikLabels(labels: readonly Label[]): TraefikLabels {
  const found: TraefikLabels = {
    routers: [],
    services: [],
    middlewares: [],
    switches: new Map(),
    others: [],
  };
  for (const label of labels) {
    const key = label.key.toLowerCase();
    if (!key.startsWith('traefik.')) continue;
    const part = PART.exec(label.key);
    if (part) {
      const [, kind = '', what = '', name = '', field = ''] = part;
      const list = found[what.toLowerCase() as 'routers' | 'services' | 'middlewares'];
      const definition = definitionIn(list, kind.toLowerCase() as RouterKind, name, label.service);
      definition.fields.set(fieldOf(field), label.value);
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
  return found;
}

function definitionIn(list: Definition[], kind: RouterKind, name: string, container: string): Definition {
  const known = list.find((each) => each.kind === kind && each.name === name && each.container === container);
  if (known) return known;
  const definition = { kind, name, container, fields: new Map<string, string>(), labels: [] };
  list.push(definition);
  return definition;
}

/** Names of headers keep their case. */
function fieldOf(field: string): string {
  const header = HEADER.exec(field);
  return header ? (header[1] ?? '').toLowerCase() + (header[2] ?? '') : field.toLowerCase();
}

/** A comma-separated list, as Traefik reads it. */
export function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
