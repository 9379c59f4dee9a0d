import { isMap, isPair, type Node, type Pair } from 'yaml';
import {
  networkEntry,
  pairOf,
  type ComposeNetwork,
  type ComposeService,
  type ComposeSource,
} from './compose-file';
import type { ImportPlan } from '../plan-import';
import { applyEdits, cutLines, cutSection, type Edit } from './text-edit';

/**
 * Takes the file off the network that the old Traefik reached its containers on: an external one that the labels name,
 * or that is called like one, on which there is nothing but services whose routes are rows now.
 */
export function leaveProxyNetworks(
  source: ComposeSource,
  { rows, clean, moved }: ImportPlan,
): { edits: Edit[]; notes: string[] } {
  const routed = new Set(rows.map(({ service }) => service));
  const named = new Set(
    moved.filter(({ key }) => /^traefik\.(?:docker|swarm)\.network$/i.test(key)).map(({ value }) => value),
  );
  const edits: Edit[] = [];
  const notes: string[] = [];
  const leaving: ComposeNetwork[] = [];
  for (const network of source.networks) {
    const members = source.services.filter(({ networks }) => networks?.includes(network.key));
    if (!network.external || members.length === 0 || !isProxyNetwork(network, named)) continue;
    const others = members.filter((each) => !routed.has(each.name) || !clean.has(each.name));
    const options = members.filter((each) => hasOptions(each, network.key));
    if (others.length > 0 || options.length > 0) {
      const why =
        others.length > 0
          ? `${others.map(({ name }) => name).join(', ')} ${others.length > 1 ? 'use' : 'uses'} it too`
          : `${options.map(({ name }) => name).join(', ')} has options on it`;
      notes.push(`the network ${network.key} of the old Traefik stays: ${why}`);
    } else {
      leaving.push(network);
      notes.push(
        `the network ${network.key} of the old Traefik is gone from the file: Traefik comes by the project's own networks`,
      );
    }
  }
  const keys = new Set(leaving.map(({ key }) => key));
  for (const service of source.services) edits.push(...cutMemberships(source, service, keys));
  edits.push(...cutDeclarations(source, keys));
  return { edits, notes };
}

const CALLED_SO = /proxy|traefik|^web$|^edge$|^ingress$|^frontend$/i;

function isProxyNetwork({ key, name }: ComposeNetwork, named: ReadonlySet<string>): boolean {
  return named.has(key) || named.has(name ?? key) || CALLED_SO.test(key) || CALLED_SO.test(name ?? '');
}

/** An alias or a fixed address on the network may be what others know the container by. */
function hasOptions(service: ComposeService, network: string): boolean {
  const entry = networkEntry(service, network);
  return isPair(entry) && isMap(entry.value) && entry.value.items.length > 0;
}

function cutMemberships(source: ComposeSource, service: ComposeService, keys: ReadonlySet<string>): Edit[] {
  const gone = (service.networks ?? []).filter((network) => keys.has(network));
  const pair = pairOf(service.map, 'networks');
  if (gone.length === 0 || pair === undefined) return [];
  if (gone.length === service.networks?.length) return [cutLines(source.text, pair).edit];
  return cutEntries(
    source.text,
    pair,
    gone.flatMap((network) => networkEntry(service, network) ?? []),
  );
}

function cutDeclarations({ text, document, networks }: ComposeSource, keys: ReadonlySet<string>): Edit[] {
  const pair = pairOf(document.contents, 'networks');
  if (keys.size === 0 || pair === undefined) return [];
  if (keys.size === networks.length) return [cutSection(text, pair)];
  return cutEntries(
    text,
    pair,
    [...keys].flatMap((key) => pairOf(pair.value, key) ?? []),
  );
}

function cutEntries(text: string, pair: Pair<Node, Node | null>, entries: readonly (Node | Pair)[]): Edit[] {
  const { value } = pair;
  const isFlow = value !== null && 'flow' in value && value.flow === true;
  if (!isFlow) return entries.map((entry) => cutLines(text, entry).edit);
  const [start = 0, end = 0] = value.range ?? [];
  const cuts = entries.map((entry) => {
    const node = (isPair(entry) ? entry.key : entry) as Node;
    const [from = 0] = node.range ?? [];
    const until = isPair(entry)
      ? ((entry.value as Node | null)?.range?.[1] ?? node.range?.[1] ?? 0)
      : (node.range?.[1] ?? 0);
    return { start: from - start, end: until - start, text: '' };
  });
  const rest = applyEdits(text.slice(start, end), cuts)
    .replace(/([[{]\s*)(?:,\s*)+/, '$1')
    .replace(/(?:,\s*)+(?=,)/g, '')
    .replace(/,(\s*[\]}])/, '$1');
  return [{ start, end, text: rest }];
}
