import type { Problem } from '@itsup/config';
import { authorityOf, lackedChallenge, type AcmeResolver, type LackedChallenge } from '@itsup/traefik';

import type { BookedRefusal, CertificateStatus, WantedCertificate } from './model';

const DAY_MS = 24 * 60 * 60_000;
const MINUTE_MS = 60_000;

/**
 * Traefik renews a certificate of ninety days thirty days before its end, and others in proportion: with so little left
 * it has failed to for weeks.
 */
const LATE_DAYS = 14;
const LATE_SHARE = 14 / 90;

/** Whether a certificate should have been renewed long ago. */
export function isLate({ begins, expires }: { begins: number; expires: number }, now: number): boolean {
  return expires - now < Math.min(LATE_DAYS * DAY_MS, (expires - begins) * LATE_SHARE);
}

/** `a.example.com and 2 more`: the names of a certificate in short. */
export function namesInShort(names: readonly string[]): string {
  const [main = '', ...more] = names;
  return more.length === 0 ? main : `${main} and ${more.length} more`;
}

/** Of a certificate that no resolver keeps. */
export const FILE_CURE =
  'replace the file, or take it out of tls.certificates in projects/middlewares.yml: then a resolver is asked';

/** That a certificate ends soon, and what to do; `isFile`: it is the operator's, whom nobody renews it for. */
export function endingInWords(
  { expires, isFile = false }: { expires: number; isFile?: boolean },
  now: number,
): { text: string; cure: string } {
  const text = `ends in ${daysLeft(expires, now)} days`;
  return isFile
    ? { text: `${text} and is a file of yours`, cure: FILE_CURE }
    : { text: `${text} and was not renewed`, cure: 'see why: itsup logs proxy traefik' };
}

export function daysLeft(expires: number, now: number): number {
  return Math.floor((expires - now) / DAY_MS);
}

/** One line on a certificate: `by Let's Encrypt R11, 89 days left`. */
export function inWords({ standing, wanted }: CertificateStatus, now: number): string {
  switch (standing.state) {
    case 'there': {
      const days = daysLeft(standing.expires, now);
      return `by ${standing.issuer}, ${days === 1 ? '1 day' : `${days} days`} left`;
    }
    case 'ended':
      return `your own file ended ${ago(now - standing.expires)}`;
    case 'refused':
      return refusalInWords(standing.refusal, now);
    case 'asked':
      if (standing.behind !== undefined) return behindInWords(standing.behind, now);
      if (standing.ended !== undefined)
        return `ended ${ago(now - standing.ended)} and was not renewed; itsup deploy proxy asks anew`;
      return `asked of ${wanted.resolver}, not there yet`;
    case 'none':
      return `is Traefik's own: there is no resolver ${wanted.resolver}`;
  }
}

/** Of a certificate whose names another one has as well. */
function behindInWords(refusal: BookedRefusal, now: number): string {
  return `waits for that of ${refusal.names.join(', ')}, ${refusalInWords(refusal, now)}`;
}

/** What an authority said, of which name, and when. */
export function refusalInWords({ culprits, reason, names, at, asked }: BookedRefusal, now: number): string {
  const told =
    culprits.length === 0
      ? reason
      : culprits.map((one) => (names.length === 1 ? one.reason : `${one.name}: ${one.reason}`)).join('; ');
  return asked ? `refused ${ago(now - at)}: ${told}` : `not asked for: ${told}`;
}

function ago(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 1) return 'just now';
  return minutes < 120 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}

/** What is wrong with a certificate, for the outcome of a deploy; null: nothing. */
export function certificateProblem(
  status: CertificateStatus,
  resolvers: readonly AcmeResolver[],
  { now, waitedMs }: { now: number; waitedMs: number },
): Problem | null {
  const { wanted, standing } = status;
  const resolver = resolvers.find(({ name }) => name === wanted.resolver);
  if (resolver === undefined) return null;
  const common = {
    severity: 'error' as const,
    project: wanted.stack,
    ...(wanted.place !== null && { place: wanted.place }),
  };
  if (standing.state === 'refused') {
    return {
      ...common,
      code: 'certificate-refused',
      message: `no certificate for ${wanted.names.join(', ')}: ${refusalInWords(standing.refusal, now)}`,
      help: cureOf(standing.refusal, resolver, wanted, now),
    };
  }
  if (standing.state === 'ended') {
    return {
      ...common,
      code: 'certificate-ended',
      message: `the certificate of ${wanted.names.join(', ')}, a file of yours, ended ${ago(now - standing.expires)}, and no other is asked for while it is there`,
      help: FILE_CURE,
    };
  }
  if (standing.state !== 'asked') return null;
  if (standing.behind !== undefined) {
    return {
      ...common,
      code: 'certificate-refused',
      message: `no certificate for ${wanted.names.join(', ')}: it ${behindInWords(standing.behind, now)}`,
      help: cureOf(standing.behind, resolver, standing.behind, now),
    };
  }
  if (standing.ended !== undefined) {
    return {
      ...common,
      code: 'certificate-ended',
      message: `the certificate of ${wanted.names.join(', ')} ended ${ago(now - standing.ended)} and was not renewed`,
      help: 'see why: itsup logs proxy traefik; ask anew: itsup deploy proxy',
    };
  }
  return {
    ...common,
    code: 'certificate-missing',
    message: `no certificate for ${wanted.names.join(', ')} after ${Math.round(waitedMs / 1000)} s: ${authorityOf(resolver.directory)} was asked and has not answered`,
    help: 'it may still come: itsup certificates. A deploy waits longer with letsencrypt.wait in projects/itsup.yml',
  };
}

/** lego could not speak with the authority; else what is wrong is on this host: a provider without credentials. */
const UNREACHED =
  /get directory|do request|dial tcp|no such host|connection re|timeout|deadline|x509|EOF|\b5\d\d ::/i;

/** What an authority has against the account, or against asking at all: what the names lead to has no part in it. */
const CURES_BY_TYPE: Readonly<Record<string, (resolver: AcmeResolver) => string>> = {
  rejectedIdentifier: () => 'the authority may not, or will not, certify that name: another name',
  caa: () => 'the authority may not, or will not, certify that name: its CAA record has to allow it',
  rateLimited: () =>
    'that is a limit of the authority: wait, an hour as a rule (its words say which one it is)',
  invalidContact: wrongEmail,
  unsupportedContact: wrongEmail,
  accountDoesNotExist: () =>
    'the authority knows that account no more: another letsencrypt.email in projects/itsup.yml registers a new one',
  externalAccountRequired: ({ name }) =>
    `the authority wants an account that it gave out itself: certificatesResolvers.${name}.acme.eab in projects/traefik.yml`,
};

function wrongEmail({ email }: AcmeResolver): string {
  return `the authority does not take the e-mail ${email || '(none)'}: letsencrypt.email in projects/itsup.yml`;
}

function cureOf(
  refusal: BookedRefusal,
  resolver: AcmeResolver,
  { names }: Pick<WantedCertificate, 'names'>,
  now: number,
): string {
  const retry = `then: itsup certificates retry ${names[0]}`;
  if (refusal.notBefore !== null && refusal.notBefore > now)
    return `it takes no order before ${new Date(refusal.notBefore).toISOString()}; ${retry}`;
  const ofType = CURES_BY_TYPE[/\((\w+)\)$/.exec(refusal.reason)?.[1] ?? ''];
  if (ofType !== undefined) return `${ofType(resolver)}; ${retry}`;
  const lack = lackedChallenge(refusal);
  if (lack === 'another') return `${challengeCure(lack, resolver)}; ${retry}`;
  if (lack !== null)
    return `${challengeCure(lack, resolver)}; then: itsup deploy${lack === 'any' ? ' proxy' : ''}`;
  const { challenge, dnsProvider } = resolver;
  const isOwnFault = challenge === 'dns' && !UNREACHED.test(refusal.reason);
  if (!refusal.isVerdict && refusal.asked && !isOwnFault)
    return `see whether this host reaches the authority; ${retry}`;
  if (challenge === 'dns')
    return `see the credentials of ${dnsProvider ?? 'the DNS provider'} in traefik.env of the state folder; ${retry}`;
  if (challenge === 'http' && /\b40[13]\b/.test(refusal.reason))
    return `what answers at /.well-known/acme-challenge/ keeps the authority out: another host, or a middleware on the entry point web in projects/traefik.yml; ${retry}`;
  const port = challenge === 'tls' ? 'port 443 has to lead to web-secure' : 'port 80 has to lead to web';
  return `an A or AAAA record has to lead to this host or its router, and ${port}; ${retry}`;
}

function challengeCure(lack: LackedChallenge, { name, challenge, directory }: AcmeResolver): string {
  if (lack === 'any')
    return `give the resolver ${name} a challenge: httpChallenge, tlsChallenge or dnsChallenge, where it is set`;
  if (lack === 'dns')
    return 'a wildcard needs a resolver with dnsChallenge: under letsencrypt.resolvers in projects/itsup.yml, and named in tls.resolver of the row';
  return `${authorityOf(directory)} does not offer the challenge of the resolver ${name} (${challenge}): give it another one`;
}
