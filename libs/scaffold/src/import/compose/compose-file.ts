import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { UserError } from '@itsup/config';
import { expand } from './variables';

/** A label of a service, with the node that it is written as. */
export interface Label {
  service: string;
  key: string;
  /** What the container gets: `$$` is a dollar sign. */
  value: string;
  /** Variables that were put into the value, which ingress.yml does not expand. */
  variables: ReadonlyMap<string, string>;
  /** The variable that the value is all of; null: it is a text of its own. */
  sole: string | null;
  /** Some variable has no value that is known. */
  isOpen: boolean;
  node: Node | Pair;
}

/** A service of the file, as far as an import looks at it. */
export interface ComposeService {
  name: string;
  map: YAMLMap;
  image: string | null;
  /** null: they come from elsewhere in the file, through an anchor, and stay as they are. */
  labels: Label[] | null;
  /** Keys under `networks:`; null: none are written, so it has `default`. */
  networks: string[] | null;
  /** Ports of the container that the file mentions, published ones first. */
  ports: number[];
}

/** A network of the file's `networks:`. */
export interface ComposeNetwork {
  key: string;
  /** What Docker calls it, where that is written. */
  name: string | null;
  external: boolean;
}

/** A Compose file whose text is going to be edited in place. */
export interface ComposeSource {
  text: string;
  document: Document.Parsed;
  services: ComposeService[];
  networks: ComposeNetwork[];
}

/**
 * Reads a Compose file with the positions of its parts.
 *
 * @param variables Of the `.env` file beside it.
 * @throws UserError when it is no YAML, or has no services.
 */
export function readComposeSource(
  file: string,
  text: string,
  variables: ReadonlyMap<string, string> = new Map(),
): ComposeSource {
  const document = parseDocument(text, { logLevel: 'error', stringKeys: true });
  const [flaw] = document.errors;
  if (flaw) {
    const [position] = flaw.linePos ?? [];
    throw new UserError({
      code: 'invalid-yaml',
      severity: 'error',
      message: `${file} cannot be read: ${flaw.message.split('\n')[0] ?? ''}`,
      ...(position ? { place: { file, line: position.line, column: position.col } } : {}),
    });
  }
  const services = document.get('services');
  if (!isMap(services) || services.items.length === 0) {
    throw new UserError({
      code: 'no-services',
      severity: 'error',
      message: `${file} has no services`,
      help: 'Name a Compose file.',
    });
  }
  return {
    text,
    document,
    services: services.items.flatMap(({ key, value }) =>
      isScalar(key) && isMap(value) ? [serviceOf(String(key.value), value, variables)] : [],
    ),
    networks: pairsOf(document.get('networks')).map(({ key, value }) => networkOf(key, value)),
  };
}

/** The written pair of a mapping; undefined when there is none of that key. */
export function pairOf(map: unknown, key: string): Pair<Node, Node | null> | undefined {
  if (!isMap(map)) return undefined;
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key) as
    Pair<Node, Node | null> | undefined;
}

/** An entry of a service's list or mapping of networks. */
export function networkEntry(service: ComposeService, network: string): Node | Pair | undefined {
  const networks = service.map.get('networks');
  if (isMap(networks)) return pairOf(networks, network);
  if (!isSeq(networks)) return undefined;
  return (networks.items as Node[]).find((item) => isScalar(item) && item.value === network);
}

function serviceOf(name: string, map: YAMLMap, variables: ReadonlyMap<string, string>): ComposeService {
  const image = map.get('image');
  const networks = map.get('networks');
  return {
    name,
    map,
    image: typeof image === 'string' ? image : null,
    labels:
      labelsOf(map)?.map(({ key, value, node }) => ({
        service: name,
        ...expanded(key, value, variables),
        node,
      })) ?? null,
    networks: isMap(networks)
      ? pairsOf(networks).map(({ key }) => key)
      : isSeq(networks)
        ? (networks.items as Node[]).flatMap((item) => (isScalar(item) ? [String(item.value)] : []))
        : null,
    ports: [...portsIn(map.get('ports')), ...portsIn(map.get('expose'))],
  };
}

interface WrittenLabel {
  key: string;
  value: string;
  node: Node | Pair;
}

function labelsOf(map: YAMLMap): WrittenLabel[] | null {
  const value = pairOf(map, 'labels')?.value;
  if (value === undefined) return map.has('<<') ? null : [];
  if (value === null || isScalar(value)) return [];
  if (isSeq(value)) return listLabels(value);
  if (!isMap(value) || value.items.some(({ key, value: item }) => isMerge(key) || isAlias(item))) return null;
  return value.items.map((pair) => ({ key: textOf(pair.key), value: textOf(pair.value), node: pair }));
}

function listLabels(list: YAMLSeq): WrittenLabel[] | null {
  const items = list.items as Node[];
  if (items.some((item) => !isScalar(item))) return null;
  return items.map((node) => {
    const text = textOf(node);
    const at = text.indexOf('=');
    return { key: at < 0 ? text : text.slice(0, at), value: at < 0 ? '' : text.slice(at + 1), node };
  });
}

function expanded(
  key: string,
  value: string,
  variables: ReadonlyMap<string, string>,
): Omit<Label, 'service' | 'node'> {
  const name = expand(key.trim(), variables);
  const content = expand(value, variables);
  return {
    key: name.value,
    value: content.value,
    variables: new Map([...name.used, ...content.used]),
    isOpen: name.isOpen || content.isOpen,
    sole: content.sole,
  };
}

function textOf(node: unknown): string {
  const value = isScalar(node) ? node.value : node;
  return value === null || value === undefined || typeof value === 'object'
    ? ''
    : String(value as string | number | boolean);
}

function networkOf(key: string, value: Node | null): ComposeNetwork {
  const name = isMap(value) ? value.get('name') : undefined;
  const external = isMap(value) ? value.get('external') : undefined;
  const inner = isMap(external) ? external.get('name') : undefined;
  return {
    key,
    name: typeof name === 'string' ? name : typeof inner === 'string' ? inner : null,
    external: external === true || isMap(external),
  };
}

function portsIn(value: unknown): number[] {
  if (!isSeq(value)) return [];
  return (value.items as Node[]).flatMap((item) => {
    const written = isMap(item) ? item.get('target') : isScalar(item) ? item.value : undefined;
    const port = /(\d+)(?:\/tcp)?$/.exec(String(written))?.[1];
    return port === undefined ? [] : [Number(port)];
  });
}

function pairsOf(map: unknown): { key: string; value: Node | null }[] {
  if (!isMap(map)) return [];
  return map.items.flatMap((pair) =>
    isPair(pair) && isScalar(pair.key)
      ? [{ key: String(pair.key.value), value: pair.value as Node | null }]
      : [],
  );
}

function isMerge(key: unknown): boolean {
  return isScalar(key) && String(key.value) === '<<';
}
