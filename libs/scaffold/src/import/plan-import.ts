import { splitName } from '@itsup/traefik';
import { tidyEncodedSlashes, tidyPriorities } from './row/said-by-itself';
import { httpOutcome } from './row/http-row';
import { CannotSay, same, type ImportContext, type IngressRowText, type Outcome } from './row/row';
import { tcpOutcome, udpOutcome } from './row/stream-row';
import { readTraefikLabels, type Definition, type TraefikLabels } from './row/traefik-labels';
import type { Label } from './compose/compose-file';

/** What an import does with the labels of a file. */
export interface ImportPlan {
  rows: IngressRowText[];
  /** Labels that ingress.yml says now, or that say nothing here. */
  moved: Label[];
  /** Routers that stay as labels, each with why. */
  kept: { router: Definition; reason: string }[];
  /** Middlewares whose labels stay because a row or a router names them. */
  named: Definition[];
  /** Containers of which every router became a row, or that had none. */
  clean: Set<string>;
  /** Containers whose labels Traefik is to go on reading, and that nothing enables here. */
  disabled: Set<string>;
  notes: string[];
}

/** Decides for every label of a file whether a row says it. Labels with a variable whose value is not known stay. */
export function planImport(
  labels: readonly Label[],
  context: Omit<ImportContext, 'services' | 'middlewares'>,
): ImportPlan {
  const traefik = readTraefikLabels(labels);
  const all: ImportContext = { ...context, services: traefik.services, middlewares: traefik.middlewares };
  const notes: string[] = [];
  const outcomes = traefik.routers.map((router) => ({ router, outcome: outcomeOf(router, traefik, all) }));
  const rows = tidyEncodedSlashes(chooseRows(outcomes, notes), notes);
  for (const { router, outcome } of outcomes) {
    if (outcome.kind !== 'internal') continue;
    notes.push(
      `${router.container}: router ${router.name} showed pages of the old Traefik and is gone; the dashboard here is traefik.domain in projects/itsup.yml`,
    );
  }
  const kept = outcomes.flatMap(({ router, outcome }) =>
    outcome.kind === 'kept' ? [{ router, reason: outcome.reason }] : [],
  );
  const inUse = stillUsed(traefik, outcomes, kept);
  notes.push(...variablesTaken(outcomes, JSON.stringify(rows)));
  const clean = cleanContainers(labels, rows, kept, inUse, traefik);
  const moved = [
    ...outcomes.flatMap(({ router, outcome }) => (outcome.kind === 'kept' ? [] : router.labels)),
    ...[...traefik.services, ...traefik.middlewares].flatMap((each) => (inUse.has(each) ? [] : each.labels)),
    ...[...traefik.switches].flatMap(([container, switches]) =>
      clean.has(container) ? switches.labels : [],
    ),
  ];
  return {
    ...{ rows, moved, kept, clean, notes },
    named: traefik.middlewares.filter((each) => inUse.has(each)),
    disabled: disabledContainers(rows, kept, inUse, traefik),
  };
}

function outcomeOf(router: Definition, traefik: TraefikLabels, context: ImportContext): Outcome {
  const services = traefik.services.filter((each) => each.container === router.container);
  if ([router, ...services].some(({ labels }) => labels.some(({ isOpen }) => isOpen))) {
    const reason =
      'ingress.yml expands no variables, and the .env file beside the Compose file has no value for its';
    return { kind: 'kept', reason };
  }
  const { enable } = traefik.switches.get(router.container) ?? { enable: null };
  if (enable !== null && enable !== 'true') {
    return { kind: 'kept', reason: `its container has \`traefik.enable=${enable}\`` };
  }
  try {
    switch (router.kind) {
      case 'http':
        return httpOutcome(router, context);
      case 'tcp':
        return tcpOutcome(router, context);
      case 'udp':
        return udpOutcome(router, context);
    }
  } catch (error) {
    if (error instanceof CannotSay) return { kind: 'kept', reason: error.message };
    throw error;
  }
}

/** Every row once. A router that serves the same over plain HTTP is not one of its own: here it is sent to HTTPS. */
function chooseRows(
  outcomes: readonly { router: Definition; outcome: Outcome }[],
  notes: string[],
): IngressRowText[] {
  const chosen = new Map<string, IngressRowText>();
  const sorted = outcomes.flatMap(({ router, outcome }) =>
    outcome.kind === 'row' ? [{ router, ...outcome }] : [],
  );
  const secure = new Set(sorted.filter(({ plain }) => !plain).map(({ row }) => addressOf(row)));
  for (const { router, row, plain, notes: told } of sorted) {
    notes.push(...told.map((note) => `${router.container}: ${note}`));
    if (plain && !row.path_prefix?.startsWith('/.well-known/acme-challenge')) {
      notes.push(`${router.container}: router ${router.name} served plain HTTP; here it is sent to HTTPS`);
      if (secure.has(addressOf(row))) continue;
    }
    chosen.set(JSON.stringify(row), row);
  }
  return withRedirectFrom(tidyPriorities([...chosen.values()]));
}

/** Of a row that does nothing but send its names on to the main one of another row, what may stand in it. */
const OF_REDIRECT: ReadonlySet<string> = new Set([
  'service',
  'domain',
  'tls',
  'path_prefix',
  'port',
  'hostport',
  'scheme',
  'sticky',
  'redirect_to',
]);

/** Names that are sent on to the first name of another row of the same service are its `redirect_from`. */
function withRedirectFrom(rows: readonly IngressRowText[]): IngressRowText[] {
  const merged = new Map(rows.map((row) => [row, row]));
  for (const row of rows) {
    if (row.redirect_to === undefined || !Object.keys(row).every((key) => OF_REDIRECT.has(key))) continue;
    const main = rows.find((each) => isMainOf(each, row));
    const known = main === undefined ? undefined : merged.get(main);
    if (main === undefined || known === undefined) continue;
    merged.set(main, { ...known, redirect_from: [...(known.redirect_from ?? []), ...namesOf(row)] });
    merged.delete(row);
  }
  return [...merged.values()];
}

function isMainOf(main: IngressRowText, row: IngressRowText): boolean {
  const shared = ({ service, path_prefix, port, hostport, scheme, sticky, tls }: IngressRowText): string =>
    JSON.stringify([service, path_prefix, port, hostport, scheme, sticky, tls?.resolver]);
  return main !== row && namesOf(main)[0] === row.redirect_to && shared(main) === shared(row);
}

function namesOf({ domain, tls }: IngressRowText): string[] {
  return [domain ?? tls?.main, ...(tls?.sans ?? [])].flatMap((name) => (name === undefined ? [] : [name]));
}

function addressOf({ service, port, domain, tls, rule, path_prefix: path }: IngressRowText): string {
  return JSON.stringify([service, port, domain, tls?.main, tls?.sans, rule, path]);
}

/** Services and middlewares that a router or a row goes on using, or that something outside this file may use. */
function stillUsed(
  traefik: TraefikLabels,
  outcomes: readonly { router: Definition; outcome: Outcome }[],
  kept: ImportPlan['kept'],
): Set<Definition> {
  const used = new Set<Definition>();
  const gone = new Set<Definition>();
  for (const { router, outcome } of outcomes) {
    if (outcome.kind === 'row') {
      outcome.named.forEach((each) => used.add(each));
      if (outcome.service) gone.add(outcome.service);
    }
    if (outcome.kind !== 'kept') {
      mentioned(router, traefik.middlewares).forEach((each) => gone.add(each));
      traefik.services
        .filter(({ kind, container }) => kind === router.kind && container === router.container)
        .forEach((each) => gone.add(each));
    }
  }
  for (const { router } of kept) {
    mentioned(router, traefik.middlewares).forEach((each) => used.add(each));
    traefik.services
      .filter(({ kind, container }) => kind === router.kind && container === router.container)
      .forEach((each) => used.add(each));
  }
  for (const each of [...traefik.services, ...traefik.middlewares]) if (!gone.has(each)) used.add(each);
  // A chain and the error page of a middleware use others.
  for (const each of used) mentioned(each, traefik.middlewares).forEach((other) => used.add(other));
  return used;
}

/** The middlewares that some definition names. */
function mentioned(definition: Definition, middlewares: readonly Definition[]): Definition[] {
  const text = definition.fields.get('middlewares') ?? definition.fields.get('chain.middlewares') ?? '';
  const names = text.split(',').map((name) => splitName(name.trim()).name);
  return middlewares.filter(
    ({ kind, name }) => kind === definition.kind && names.some((each) => same(each, name)),
  );
}

function cleanContainers(
  labels: readonly Label[],
  rows: readonly IngressRowText[],
  kept: ImportPlan['kept'],
  inUse: ReadonlySet<Definition>,
  { others }: TraefikLabels,
): Set<string> {
  const clean = new Set(labels.map(({ service }) => service));
  const routed = new Set(rows.map(({ service }) => service));
  for (const { router } of kept) clean.delete(router.container);
  for (const { service } of others) clean.delete(service);
  // Traefik reads what a container defines only while it is enabled; a row enables it.
  for (const { container } of inUse) if (!routed.has(container)) clean.delete(container);
  return clean;
}

/**
 * A Traefik with `exposedByDefault`, which is its own default, read these without a word of theirs; here a container
 * that is not enabled is not read at all. A row enables its container.
 */
function disabledContainers(
  rows: readonly IngressRowText[],
  kept: ImportPlan['kept'],
  inUse: ReadonlySet<Definition>,
  { switches }: TraefikLabels,
): Set<string> {
  const read = new Set([...kept.map(({ router }) => router), ...inUse].map(({ container }) => container));
  const routed = new Set(rows.map(({ service }) => service));
  return new Set(
    [...read].filter(
      (container) => !routed.has(container) && (switches.get(container)?.enable ?? null) === null,
    ),
  );
}

/** Which variables stand with their values in ingress.yml now. */
function variablesTaken(
  outcomes: readonly { router: Definition; outcome: Outcome }[],
  rows: string,
): string[] {
  const taken = outcomes.flatMap(({ router, outcome }) =>
    outcome.kind === 'row' ? [router, ...(outcome.service ? [outcome.service] : [])] : [],
  );
  const values = new Map(taken.flatMap(({ labels }) => labels.flatMap((label) => [...label.variables])));
  return [...values]
    .filter(([, value]) => value !== '' && rows.includes(value))
    .map(([name, value]) => `\${${name}} stands as ${value} in ingress.yml, which expands no variables`);
}
