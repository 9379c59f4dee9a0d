import { Resolver } from 'node:dns/promises';

import { ADDRESS_SEPARATOR, NO_ADDRESS, NOT_KNOWN } from './standing';

/** What the resolver says of a name. */
export type Lookup =
  | { outcome: 'found'; addresses: string[] }
  | { outcome: 'absent' }
  /** The resolver did not answer, or not in time. */
  | { outcome: 'failed'; reason: string };

const ANSWER_MS = 2000;
const ALL_MS = 10_000;
const AT_ONCE = 16;

/** No such name, or none of this kind. */
const ABSENT = ['ENOTFOUND', 'ENODATA', 'NXDOMAIN'];

/** A resolver that answers, rejects with Node's codes, and can be told to stop. */
export type NameResolver = Pick<Resolver, 'resolve4' | 'resolve6' | 'cancel'>;

/**
 * Asks for the addresses of the domains, some at once. What was not answered in time has failed; never rejects.
 * @param limitMs for all of them together
 */
export async function lookUp(
  domains: readonly string[],
  resolver: NameResolver = new Resolver({ timeout: ANSWER_MS, tries: 1 }),
  limitMs = ALL_MS,
): Promise<Map<string, Lookup>> {
  const lookups = new Map<string, Lookup>();
  const left = [...domains];
  let isOver = false;
  const work = async (): Promise<void> => {
    for (let domain = left.shift(); domain !== undefined; domain = left.shift()) {
      const lookup = isOver ? NO_TIME : await lookUpOne(domain, resolver);
      if (!lookups.has(domain)) lookups.set(domain, lookup);
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      isOver = true;
      resolver.cancel();
      resolve();
    }, limitMs);
  });
  await Promise.race([Promise.all(Array.from({ length: AT_ONCE }, work)), deadline]);
  clearTimeout(timer);
  for (const domain of domains) if (!lookups.has(domain)) lookups.set(domain, NO_TIME);
  return lookups;
}

/** The same in words that can be compared, by name. A wildcard is nobody's address. */
export async function whereTheyLead(names: readonly string[]): Promise<Record<string, string>> {
  const lookups = await lookUp(names.filter((name) => !name.startsWith('*.')));
  return Object.fromEntries(
    names.map((name) => {
      const lookup = lookups.get(name);
      if (lookup === undefined) return [name, 'a wildcard'];
      if (lookup.outcome === 'absent') return [name, NO_ADDRESS];
      return [
        name,
        lookup.outcome === 'found' ? [...lookup.addresses].sort().join(ADDRESS_SEPARATOR) : NOT_KNOWN,
      ];
    }),
  );
}

const NO_TIME = { outcome: 'failed', reason: 'no answer in time' } as const;

async function lookUpOne(domain: string, resolver: NameResolver): Promise<Lookup> {
  const [four, six] = await Promise.allSettled([resolver.resolve4(domain), resolver.resolve6(domain)]);
  const addresses = [four, six].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length > 0) return { outcome: 'found', addresses };
  const codes = [four, six].flatMap((answer) =>
    answer.status === 'rejected' ? [String((answer.reason as NodeJS.ErrnoException).code)] : [],
  );
  const failure = codes.find((code) => !ABSENT.includes(code));
  return failure === undefined ? { outcome: 'absent' } : { outcome: 'failed', reason: inWords(failure) };
}

function inWords(code: string): string {
  switch (code) {
    case 'ETIMEOUT':
    case 'ECANCELLED':
      return NO_TIME.reason;
    case 'ECONNREFUSED':
      return 'it refuses';
    case 'ESERVFAIL':
      return 'the domain’s name servers fail';
    default:
      return code;
  }
}
