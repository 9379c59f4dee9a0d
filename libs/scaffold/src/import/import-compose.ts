import { isCollection, isMap, isPair, isSeq, type Node, type Pair } from 'yaml';
import { UserError } from '@itsup/config';
import {
  pairOf,
  readComposeSource,
  type ComposeService,
  type ComposeSource,
  type Label,
} from './compose/compose-file';
import { entryPointPortsOf, isTraefik, useOf } from './row/entry-points';
import { ingressText } from './ingress-text';
import { labelsElsewhere } from './compose/labels-elsewhere';
import { leaveProxyNetworks } from './compose/proxy-networks';
import { planImport, type ImportPlan } from './plan-import';
import { renameInKept } from './compose/kept-labels';
import { applyEdits, cutLines, type Edit } from './compose/text-edit';
import { enableKept } from './compose/enable-kept';

export interface ImportOptions {
  /** Ports of entry points by name, which no label says. */
  entryPoints?: ReadonlyMap<string, number>;
  /** Names of the certificate resolvers that this workspace has. */
  resolvers?: ReadonlySet<string>;
  /** Variables of the `.env` file beside the Compose file. */
  variables?: ReadonlyMap<string, string>;
  /** The override file beside it, with its text. */
  override?: { file: string; text: string } | undefined;
}

/** A Compose file without the labels that its ingress file says now. */
export interface Imported {
  compose: string;
  ingress: string;
  /** Services that are a Traefik of the file's own, to be removed. */
  traefiks: string[];
  /** What stays, what changed its meaning, and what to look at; one line each. */
  notes: string[];
}

/**
 * Moves the Traefik labels of a Compose file into an ingress file. What a row has no word for stays a label; nothing
 * else of the file changes, neither comments nor the way it is written.
 *
 * @param file The Compose file's path, for messages.
 * @throws UserError when the file cannot be read or nothing in it becomes a row; the message says why.
 */
export function importCompose(file: string, text: string, options: ImportOptions = {}): Imported {
  const source = readComposeSource(file, text, options.variables);
  const traefiks = source.services.filter(isTraefik);
  const ports = new Map([
    ...traefiks.flatMap((service) => [...entryPointPortsOf(service)]),
    ...[...(options.entryPoints ?? [])].map(([name, port]) => [name.toLowerCase(), port] as const),
  ]);
  const labels = source.services.flatMap((service) => service.labels ?? []);
  const context = {
    resolvers: options.resolvers ?? new Set<string>(),
    useOf: (name: string) => useOf(name, ports),
    portsOf: (name: string) => source.services.find((each) => each.name === name)?.ports ?? [],
  };
  const plan = planImport(labels, context);
  const elsewhere = labelsElsewhere(source, options.override);
  if (plan.rows.length === 0) throw nothing(file, plan, elsewhere);

  const cuts = cutLabels(source, new Set(plan.moved));
  const renamed = renameInKept(source, plan, context);
  const networks = leaveProxyNetworks(source, plan);
  const enabled = enableKept(source, plan);
  return {
    compose: applyEdits(text, [...cuts.edits, ...renamed.edits, ...networks.edits, ...enabled.edits]),
    ingress: ingressText(plan.rows, cuts.comments),
    traefiks: traefiks.map(({ name }) => name),
    notes: [
      ...keptNotes(plan),
      ...new Set([...renamed.notes, ...plan.notes]),
      ...networks.notes,
      ...enabled.notes,
      ...elsewhere,
      ...traefiks.map(
        ({ name }) =>
          `${name}: this is a Traefik of its own, which takes ports 80 and 443. Remove it once its settings are in projects/traefik.yml and its middlewares in projects/middlewares.yml`,
      ),
    ],
  };
}

function keptNotes({ kept, named }: ImportPlan): string[] {
  return [
    ...kept.map(
      ({ router, reason }) => `${router.container}: router ${router.name} stays as labels: ${reason}`,
    ),
    ...named.map(({ container, name, fields }) => {
      const what = [...new Set([...fields.keys()].map((field) => field.split('.')[0]))].join(', ');
      return `${container}: middleware ${name} (${what}) stays as labels; its name in ingress.yml is ${name}@docker`;
    }),
  ];
}

function nothing(file: string, { kept }: ImportPlan, elsewhere: readonly string[]): UserError {
  const because = kept.map(({ router, reason }) => `${router.container}, router ${router.name}: ${reason}`);
  return new UserError({
    code: 'nothing-to-import',
    severity: 'error',
    message:
      because.length === 0
        ? elsewhere.length > 0
          ? `${file} itself has no labels that make Traefik route anything (${elsewhere.join('; ')})`
          : `${file} has no labels that make Traefik route anything`
        : `no label of ${file} can be moved (${because.join('; ')})`,
    help:
      because.length === 0
        ? elsewhere.length > 0
          ? 'Write the labels out in this file, and import it again.'
          : 'Copy its folder to projects/<name>/ as it is; an ingress.yml belongs beside it only where something is to lead to it.'
        : 'Cure the first reason, or write the ingress.yml by hand.',
  });
}

/** Removes labels, `labels:` as a whole where none is left; their comments go with the rows. */
function cutLabels(
  source: ComposeSource,
  moved: ReadonlySet<Label>,
): { edits: Edit[]; comments: Map<string, string[]> } {
  const edits: Edit[] = [];
  const comments = new Map<string, string[]>();
  for (const service of source.services) {
    const gone = (service.labels ?? []).filter((label) => moved.has(label));
    const pair = pairOf(service.map, 'labels');
    if (gone.length === 0 || pair === undefined) continue;
    if (isFlow(pair.value) && gone.length < (service.labels?.length ?? 0)) {
      edits.push(rewriteFlow(source.text, pair, moved, service));
      continue;
    }
    const cuts = gone.map((label) => cutLines(source.text, label.node));
    if (gone.length === service.labels?.length) cuts.unshift(cutLines(source.text, pair));
    edits.push(...cuts.map(({ edit }) => edit));
    // On one line, the comment behind it is found at every label.
    comments.set(service.name, [...new Set(cuts.flatMap((cut) => cut.comments))]);
  }
  return { edits, comments };
}

function isFlow(value: unknown): boolean {
  return isCollection(value) && value.flow === true;
}

/** A list or mapping on one line is written anew from the pieces that stay. */
function rewriteFlow(
  text: string,
  pair: Pair<Node, Node | null>,
  moved: ReadonlySet<Label>,
  service: ComposeService,
): Edit {
  const { value } = pair;
  const stays = (service.labels ?? [])
    .filter((label) => !moved.has(label))
    .map(({ node }) => {
      const first = isPair(node) ? (node.key as Node) : node;
      const last = isPair(node) ? ((node.value as Node | null) ?? first) : node;
      return text.slice(first.range?.[0], last.range?.[1]);
    });
  const [start = 0, end = 0] = value?.range ?? [];
  const written = isSeq(value) ? `[${stays.join(', ')}]` : `{ ${stays.join(', ')} }`;
  return { start, end, text: isMap(value) || isSeq(value) ? written : text.slice(start, end) };
}
