import { isDomain, type Problem } from '@itsup/config';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

export type Scheme = 'http' | 'https' | 'tcp' | 'tls' | 'udp';

/** What a person asks about, taken apart; null: not said. */
export interface Question {
  /** As it was written. */
  text: string;
  scheme: Scheme | null;
  /** Lower case, ASCII, without a trailing dot; addresses without brackets. */
  host: string | null;
  port: number | null;
  /** As Traefik routes by it: cleaned, and decoded but for reserved characters. */
  path: string | null;
  /** Of the query string, decoded, in order. */
  query: [name: string, value: string][];
}

const SCHEMES: Readonly<Record<string, Scheme>> = {
  http: 'http',
  https: 'https',
  ws: 'http',
  wss: 'https',
  tcp: 'tcp',
  tls: 'tls',
  udp: 'udp',
};

/** Reads a URL, `host:port`, a domain with or without a path, a port or `53/udp`; or says what is wrong with it. */
export function parseQuestion(text: string): { question: Question } | { problem: Problem } {
  const wrong = (message: string): { problem: Problem } => ({
    problem: {
      code: 'unreadable-question',
      severity: 'error',
      message,
      help: 'ask for a URL, a host:port, a domain or a port: itsup explain https://app.example.com/api',
    },
  });
  const written = text.trim();
  const portAlone = /^:?(\d{1,5})(?:\/(tcp|udp))?$/.exec(written);
  const [, schemeText, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(written) ?? [];
  const scheme = schemeText === undefined ? null : SCHEMES[schemeText.toLowerCase()];
  if (scheme === undefined) return wrong(`there are no routes for ${schemeText}://`);
  if (portAlone) {
    const port = portOf(portAlone[1]);
    if (port === undefined) return wrong(`${written} is no port: ports go from 1 to 65535`);
    const protocol = (portAlone[2] ?? null) as 'tcp' | 'udp' | null;
    return { question: { text: written, scheme: protocol, host: null, port, path: null, query: [] } };
  }
  const [, authority = '', locator = ''] = /^([^/?#]*)(.*)$/s.exec(rest) ?? [];
  const parts = /^(?:[^@]*@)?(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(authority);
  if (!parts) return wrong(`${JSON.stringify(authority)} is no host`);
  const host = hostOf(parts[1] ?? parts[2] ?? '');
  if (host === undefined) return wrong(`${JSON.stringify(parts[1] ?? parts[2] ?? '')} is no host name`);
  const port = parts[3] ? portOf(parts[3]) : null;
  if (port === undefined) return wrong(`${parts[3]} is no port: ports go from 1 to 65535`);
  if (host === null && port === null) return wrong('there is nothing to explain');
  if (scheme === 'udp' && port === null)
    return wrong('UDP routes are told apart by their port alone: name one');
  return { question: { text: written, scheme, host, port, ...locatorOf(locator) } };
}

function portOf(text: string | undefined): number | undefined {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? port : undefined;
}

function hostOf(text: string): string | null | undefined {
  if (text === '') return null;
  if (isIP(text) !== 0) return text.toLowerCase();
  const wildcard = text.startsWith('*.') ? '*.' : '';
  const ascii = domainToASCII(text.slice(wildcard.length).replace(/\.$/, ''));
  return ascii !== '' && isDomain(ascii) ? `${wildcard}${ascii}` : undefined;
}

function locatorOf(text: string): Pick<Question, 'path' | 'query'> {
  if (text === '') return { path: null, query: [] };
  const url = new URL(text.startsWith('/') ? `http://host${text}` : `http://host/${text}`);
  return { path: routingPath(url.pathname), query: [...url.searchParams] };
}

const RESERVED = /^%(?:3A|2F|3F|23|5B|5D|40|21|24|26|27|28|29|2A|2B|2C|3B|3D|25)$/i;

/**
 * The path that Traefik's matchers see: repeated slashes are one (`sanitizePath`, Traefik's default), and escaped
 * characters are decoded unless RFC 3986 reserves them (pkg/muxer/http).
 */
export function routingPath(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    const parts = escaped.match(/%../g) ?? [];
    return decodeRuns(parts);
  });
}

/** Decodes the bytes between reserved characters together: a letter beyond ASCII is several. */
function decodeRuns(parts: readonly string[]): string {
  let text = '';
  let run = '';
  const flush = (): void => {
    try {
      text += decodeURIComponent(run);
    } catch {
      // Bytes that are no UTF-8 stay as they are; no rule can name them.
      text += run;
    }
    run = '';
  };
  for (const part of parts) {
    if (RESERVED.test(part)) {
      flush();
      text += part;
    } else run += part;
  }
  flush();
  return text;
}
