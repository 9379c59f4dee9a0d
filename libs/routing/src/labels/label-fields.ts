import type { RouterKind } from '@itsup/config';

/** One label that defines a part of Traefik's dynamic configuration. */
export interface LabelField {
  /** The whole key, as written. */
  label: string;
  protocol: RouterKind;
  /** `routers`, `services`, `middlewares`, …; lower case. */
  kind: string;
  /** Of the object, as written: Traefik tells names apart by case. */
  name: string;
  /** What of the object, lower case and dotted: `rule`, `loadbalancer.server.port`. */
  field: string;
  value: string;
}

const FIELD = /^traefik\.(http|tcp|udp)\.([a-z]+)\.([^.]+)(?:\.(.+))?$/i;

/** The labels that define routers, services, middlewares and the like; Traefik compares all but their names without case. */
export function labelFields(labels: Readonly<Record<string, string>>): LabelField[] {
  return Object.entries(labels).flatMap(([label, value]) => {
    const match = FIELD.exec(label);
    if (!match) return [];
    const [, protocol = '', kind = '', name = '', field = ''] = match;
    return [
      {
        label,
        protocol: protocol.toLowerCase() as RouterKind,
        kind: kind.toLowerCase(),
        name,
        field: field.toLowerCase(),
        value,
      },
    ];
  });
}
