import type { Section } from '../dynamic/references';
import { labelTree } from './label-tree';

/** One label that defines a part of an object: of a router, a service, a middleware. */
export interface LabelField {
  /** The whole name, as written. */
  label: string;
  protocol: Section;
  /** `routers`, `services`, `middlewares`, …; lower case. */
  kind: string;
  /** Of the object. Within one container names have no case: the one that sorts first counts. */
  name: string;
  /**
   * What of the object, dotted: `rule`, `loadbalancer.server.port`. Lower case but for names of headers; '' for the
   * object itself.
   */
  field: string;
  value: string;
}

const HEADERS = /^headers\.custom(?:request|response)headers$/;

/**
 * The labels of one container that define routers, services, middlewares and the like, in the order of their names.
 * Labels that Traefik cannot read are left out.
 */
export function labelFields(labels: Readonly<Record<string, string>>): LabelField[] {
  return labelTree(labels).entries.flatMap(({ label, value, path }) => {
    const [section = '', kind = '', name, ...rest] = path;
    const protocol = section.toLowerCase();
    if (!isProtocol(protocol) || name === undefined) return [];
    return [{ label, protocol, kind: kind.toLowerCase(), name, field: fieldOf(rest), value }];
  });
}

function isProtocol(section: string): section is Section {
  return section === 'http' || section === 'tcp' || section === 'udp';
}

function fieldOf(steps: readonly string[]): string {
  let field = '';
  for (const step of steps) {
    const named = HEADERS.test(field) ? step : step.toLowerCase();
    field += field === '' || step.startsWith('[') ? named : `.${named}`;
  }
  return field;
}

/** The elements of a list in a label, which has commas between them. */
export function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
