import { stripVTControlCharacters } from 'node:util';

import { canonicalName } from './names';

/** That a certificate could not be had, as Traefik logs it. */
export interface Refusal {
  /** What was asked for, together. */
  names: string[];
  /** As far as the log names it. */
  resolver: string | null;
  /** Milliseconds since the epoch. */
  at: number;
  /** The authority's words, or Traefik's own, on one line. */
  reason: string;
  /** Those names that it was refused for, with the words on each; empty: they are not told apart. */
  culprits: { name: string; reason: string }[];
  /** The authority itself said no; false: it was not reached, or broke down. */
  isVerdict: boolean;
  /** The authority wants no question before; null: it says no time. Milliseconds since the epoch. */
  notBefore: number | null;
}

const FAILED = /Unable to obtain ACME certificate for domains?|Error renewing ACME certificate/;

/** Refusals in Traefik's log, oldest first. Traefik 3.7 writes them in its format `common` or as JSON. */
export function refusalsIn(log: string): Refusal[] {
  // In its format `common` with colours, too, as `log.noColor: false` has it.
  return stripVTControlCharacters(log)
    .split('\n')
    .flatMap((line): Refusal[] => {
      if (!FAILED.test(line)) return [];
      const entry = line.trimStart().startsWith('{') ? jsonEntry(line) : textEntry(line);
      return entry === null || entry.names.length === 0 ? [] : [refusalOf(entry)];
    });
}

interface Entry {
  at: number;
  error: string;
  names: string[];
  resolver: string | null;
}

function refusalOf({ at, error, names, resolver }: Entry): Refusal {
  const culprits = culpritsIn(error);
  const first = culprits[0];
  return {
    names: names.map(canonicalName),
    resolver,
    at,
    reason: first === undefined ? plain(error) : first.reason,
    culprits,
    isVerdict: /urn:ietf:params:acme:error:(?!serverInternal)/.test(error),
    notBefore: retryAfter(error),
  };
}

/**
 * Which challenge a resolver lacks. `any`: it has none (Traefik: `ACME challenge not specified`). Of what it has none
 * suits what the authority offers for the name (lego: `could not determine solvers`): `dns`: a wildcard is proved by
 * DNS alone. `another`: any other name.
 */
export type LackedChallenge = 'any' | 'dns' | 'another';

/** Whether a refusal is for a challenge that the resolver lacks: without one it stays refused. null: it is not. */
export function lackedChallenge({
  names,
  reason,
  culprits,
}: Pick<Refusal, 'names' | 'reason' | 'culprits'>): LackedChallenge | null {
  if (/challenge not specified/i.test(reason)) return 'any';
  const unsolved = [
    ...culprits,
    ...(culprits.length === 0 ? names.map((name) => ({ name, reason })) : []),
  ].filter((one) => /could not determine solvers/i.test(one.reason));
  if (unsolved.length === 0) return null;
  return unsolved.some(({ name }) => name.startsWith('*.')) ? 'dns' : 'another';
}

/** lego 5: `resolver: one or more domains had a problem: [a.example.com: …] [b.example.com: …]`. */
function culpritsIn(error: string): Refusal['culprits'] {
  const begins = [...error.matchAll(/ \[([\w*.-]+): (?=\S)/g)];
  return begins.map((begin, index) => {
    const end = begins[index + 1]?.index ?? error.length;
    const words = error.slice(begin.index + begin[0].length, end).trim();
    return { name: canonicalName(begin[1] ?? ''), reason: plain(words.replace(/\]$/, '')) };
  });
}

/** Let's Encrypt: `too many failed authorizations … retry after 2026-11-29 12:34:56 UTC`. */
function retryAfter(error: string): number | null {
  const match = /retry after (\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:Z| UTC)/i.exec(error);
  return match === null ? null : Date.parse(`${(match[1] ?? '').replace(' ', 'T')}Z`);
}

/** lego wraps what the authority says in where it was when it did. */
function plain(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ').trim();
  const acme = /acme: error: \d+ (?::: [A-Z]+ :: \S+ )?:: (urn:\S+) :: (.*)$/.exec(line);
  if (acme !== null)
    return `${(acme[2] ?? '').replace(/, url: \S*$/, '').trim()} (${shortType(acme[1] ?? '')})`;
  return line.replace(/^unable to generate a certificate for the domains \[[^\]]*\]: /, '');
}

function shortType(urn: string): string {
  return urn.split(':').at(-1) ?? urn;
}

function jsonEntry(line: string): Entry | null {
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    return {
      at: Date.parse(text(entry['time'])),
      error: text(entry['error']),
      names: namesOf(entry['domains'], text(entry['message'])),
      resolver: resolverOf(text(entry['providerName'])),
    };
  } catch {
    return null;
  }
}

/** `2026-11-29T12:00:00Z ERR Unable to … error="…" domains=["a.example.com"] providerName=letsencrypt.acme`. */
function textEntry(line: string): Entry {
  const value = (key: string): string => {
    const quoted = new RegExp(`(?:^|\\s)${key}=("(?:[^"\\\\]|\\\\.)*")`).exec(line)?.[1];
    if (quoted !== undefined) return unquoted(quoted);
    return new RegExp(`(?:^|\\s)${key}=(\\[[^\\]]*\\]|\\S+)`).exec(line)?.[1] ?? '';
  };
  return {
    at: Date.parse(/^\s*(\S+)/.exec(line)?.[1] ?? ''),
    error: value('error'),
    names: namesOf(listed(value('domains')), line),
    resolver: resolverOf(value('providerName')),
  };
}

/** A renewal names its domain in the sentence alone: `{Main:a.example.com SANs:[b.example.com]}`. */
function namesOf(domains: unknown, message: string): string[] {
  if (Array.isArray(domains)) return domains.map(String);
  const renewed = /\{(?:Main:)?(\S+?)(?: (?:SANs:)?\[([^\]]*)\])?\}/.exec(message);
  if (renewed === null) return [];
  return [renewed[1] ?? '', ...(renewed[2] ?? '').split(' ')].filter((name) => name !== '');
}

function listed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

function unquoted(value: string): string {
  try {
    return JSON.parse(value) as string;
  } catch {
    return value.slice(1, -1);
  }
}

function resolverOf(provider: string): string | null {
  return provider.endsWith('.acme') ? provider.slice(0, -'.acme'.length) : null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
