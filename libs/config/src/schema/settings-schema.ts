import { z } from 'zod';

import {
  HEADER_NAME,
  HTPASSWD_LINE,
  IMAGE_TAG,
  isDomain,
  isHeaderValue,
  isIp,
  isIpOrCidr,
  isPrivateNetwork,
  RESOLVER_NAME,
} from './grammar';
import { DEFAULT_RATE_LIMIT } from './rate-limit';
import { choice, flag, LIST, MAPPING, port, textMatching } from './schema-kit';

/** Private networks and this host itself: RFC 1918, 4193, 4291, 1122. */
const PRIVATE_RANGES = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1/128',
  'fc00::/7',
];

const COUNT = 'a whole number of at least 1';

const ONE_YEAR = 31_536_000;
const TWO_YEARS = 2 * ONE_YEAR;
/** A hundred years; browsers cut it. */
const MAX_AGE = 100 * ONE_YEAR;

const tag = textMatching('a tag of the image, in quotes if it looks like a number', (value) =>
  IMAGE_TAG.test(value),
);
const dashboardHost = textMatching(
  'a host name such as `traefik.example.com`',
  (value) => isDomain(value) && !value.startsWith('*'),
);
const source = textMatching('an address or a network such as `10.0.0.0/8`', isIpOrCidr);
const isHttpsUrl = (value: string): boolean => URL.canParse(value) && new URL(value).protocol === 'https:';
const isPem = (value: string): boolean =>
  /^\s*(?:-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(value);
const htpasswd = textMatching(
  'a line of htpasswd: `name:hash`',
  (value) => HTPASSWD_LINE.test(value),
  () => 'Make one with `htpasswd -nbB name password`, or leave it out and set TRAEFIK_ADMIN when deploying.',
);
const oneOrMany = <T extends z.ZodType>(one: T, phrase: string) =>
  z.union([one, z.array(one, LIST)], { error: phrase });
/** Parts of itsup.yml that belong to itsUP's other tools; read by them, not by us. */
const foreign = (description: string) =>
  z.record(z.string(), z.unknown(), MAPPING).optional().meta({ description });

/** `itsup.yml` */
export const settingsSchema = z
  .strictObject(
    {
      schemaVersion: z
        .union([z.string(), z.number()], { error: 'a version' })
        .optional()
        .meta({ description: "itsUP's version of this file; kept for it, not used here." }),
      traefikDomain: dashboardHost.optional().meta({
        description: "itsUP's name of `traefik.domain`.",
        examples: ['traefik.example.com'],
      }),
      routerIP: oneOrMany(source, 'an address, a network, or a list of them')
        .optional()
        .meta({
          description:
            'The router or proxy in front of this host; its forwarded headers and PROXY protocol are trusted. Same as `trustedIPs`.',
          examples: ['192.168.1.1'],
        }),
      trustedIPs: z
        .array(source, LIST)
        .default([])
        .meta({
          description:
            'Proxies in front of this host whose forwarded headers and PROXY protocol are trusted.',
          examples: [['192.168.1.1', '10.0.0.0/8']],
        }),
      traefik: z
        .strictObject(
          {
            domain: dashboardHost.optional().meta({
              description: 'Host name of the dashboard. Without it there is none.',
              examples: ['traefik.example.com'],
            }),
            admin: oneOrMany(htpasswd, 'a line of htpasswd, or a list of them').optional().meta({
              description:
                'Who may see the dashboard: lines of htpasswd, `name:hash`. TRAEFIK_ADMIN in the environment of a deploy does the same. With neither the dashboard stays off.',
            }),
            entryPoints: z
              .strictObject(
                {
                  web: port
                    .default(8080)
                    .meta({ description: 'Plain HTTP; your router forwards port 80 to it.' }),
                  'web-secure': port
                    .default(8443)
                    .meta({ description: 'HTTPS; your router forwards port 443 to it.' }),
                  traefik: port.default(26482).meta({
                    description:
                      "Traefik's own API and health, on the loopback of this host. Another one is taken by an ordinary deploy.",
                  }),
                  'crowdsec-lapi': port.default(26480).meta({
                    description: 'Where Traefik reaches CrowdSec, on the loopback of this host.',
                  }),
                  'crowdsec-appsec': port.default(26481).meta({
                    description: "Where Traefik reaches CrowdSec's AppSec, on the loopback of this host.",
                  }),
                },
                MAPPING,
              )
              .prefault({})
              .meta({ description: 'Ports of this host that Traefik listens on.' }),
            rateLimit: z
              .strictObject(
                {
                  enabled: flag.default(true).meta({ description: 'false: no limit but those of rows.' }),
                  average: z.int(COUNT).min(1, COUNT).default(DEFAULT_RATE_LIMIT.average).meta({
                    description:
                      'Requests of one client (an IPv4 address, an IPv6 /64) in a second in the long run.',
                  }),
                  burst: z.int(COUNT).min(1, COUNT).default(DEFAULT_RATE_LIMIT.burst).meta({
                    description: 'Requests of one client that may come at once.',
                  }),
                },
                MAPPING,
              )
              .prefault({})
              .meta({
                description:
                  'How much one client may ask for of all sites together; what is more is answered with 429. The default is beyond what a browser does with a page of a thousand pictures. A row can be stricter: `rate_limit`.',
              }),
            headers: z
              .record(
                textMatching(
                  'the name of a header other than `Strict-Transport-Security`, which `hsts` decides',
                  (value) => HEADER_NAME.test(value) && value.toLowerCase() !== 'strict-transport-security',
                ),
                textMatching('printable ASCII on one line, without `{{` or `}}`', isHeaderValue),
                MAPPING,
              )
              .default({})
              .meta({
                description:
                  'Headers of every HTTPS answer; an empty value removes one. Without a word there are `X-Frame-Options: SAMEORIGIN`, `X-Content-Type-Options: nosniff` and `Referrer-Policy: strict-origin-when-cross-origin`. They are set last, over what a service or a row says: name one here with an empty value to leave it to them.',
                examples: [{ 'X-Frame-Options': '' }],
              }),
            hsts: z
              .strictObject(
                {
                  enabled: flag.default(true).meta({
                    description:
                      'false: send no such header. Browsers that had one keep to it; `maxAge: 0` makes them forget.',
                  }),
                  maxAge: z
                    .int('a number of seconds')
                    .min(0, 'a number of seconds')
                    .max(MAX_AGE, `at most ${MAX_AGE} seconds`)
                    .default(TWO_YEARS)
                    .meta({ description: 'For how many seconds. Default: two years, as Mozilla advises.' }),
                  includeSubDomains: flag.default(false).meta({
                    description:
                      'For every name below as well, wherever it is served: only when all of them have HTTPS.',
                  }),
                  preload: flag.default(false).meta({
                    description:
                      "Allow the names into browsers' own lists. Takes `includeSubDomains` and a `maxAge` of a year, and is hard to take back.",
                  }),
                },
                MAPPING,
              )
              .refine((hsts) => !hsts.preload || (hsts.includeSubDomains && hsts.maxAge >= ONE_YEAR), {
                path: ['preload'],
                error: `false without \`includeSubDomains: true\` and a \`maxAge\` of at least ${ONE_YEAR}`,
              })
              .prefault({})
              .meta({
                description:
                  'Strict-Transport-Security: browsers that have been here ask by HTTPS alone. They heed it only where the certificate is valid, so not on a laptop with the default one.',
              }),
          },
          MAPPING,
        )
        .prefault({})
        .meta({ description: 'The proxy.' }),
      letsencrypt: z
        .strictObject(
          {
            email: z
              .email('an e-mail address')
              .optional()
              .meta({
                description:
                  "Where Let's Encrypt writes to. LETSENCRYPT_EMAIL in the environment of a deploy does the same. With neither no certificate is asked for.",
                examples: ['admin@example.com'],
              }),
            staging: flag.default(false).meta({
              description: "Use Let's Encrypt's staging directory, to try things without its limits.",
            }),
            caServer: textMatching('the https URL of an ACME directory', isHttpsUrl)
              .optional()
              .meta({
                description:
                  "Directory of another authority than Let's Encrypt, such as a step-ca of your own. Certificates of the one before are asked for anew; `staging` counts for nothing then.",
                examples: ['https://ca.example.com:9000/acme/acme/directory'],
              }),
            caCertificates: textMatching('certificates in PEM (`-----BEGIN CERTIFICATE-----`)', isPem)
              .optional()
              .meta({
                description:
                  "What the authority's own connection is checked by, in PEM: the root of a private authority. The host's list of roots is not used then.",
              }),
            wait: z
              .int('a whole number of seconds')
              .min(0, 'a whole number of seconds, 0 or more')
              .max(3600, 'a whole number of seconds, at most 3600')
              .default(60)
              .meta({
                description:
                  'How many seconds a deploy waits for the certificates of what it deployed before it fails. With 0 it does not wait, and a certificate that is missing fails no deploy.',
              }),
            resolvers: z
              .record(
                textMatching(
                  'the name of a certificate resolver other than `letsencrypt`',
                  (value) => RESOLVER_NAME.test(value) && value.toLowerCase() !== 'letsencrypt',
                ),
                z.strictObject(
                  {
                    dnsChallenge: z.record(z.string(), z.unknown(), MAPPING).meta({
                      description: "Traefik's `dnsChallenge`: `provider`, `resolvers` and so on.",
                      examples: [{ provider: 'cloudflare' }],
                    }),
                  },
                  MAPPING,
                ),
                MAPPING,
              )
              .default({})
              .meta({
                description:
                  'Further certificate resolvers by name, for DNS-01 and wildcards: `tls.resolver` of a row.',
                examples: [{ dns: { dnsChallenge: { provider: 'cloudflare' } } }],
              }),
          },
          MAPPING,
        )
        .prefault({})
        .meta({ description: 'Certificates.' }),
      dns: z
        .strictObject(
          {
            enabled: flag.default(true).meta({
              description:
                "Run the DNS server that logs every container's lookups, and point containers at it.",
            }),
            resolvers: z
              .array(textMatching('the address of a resolver', isIp), LIST)
              .min(1, 'a list of at least one address')
              .default(['1.1.1.1', '9.9.9.9'])
              .meta({ description: 'Where its lookups go, and where containers turn when it is down.' }),
          },
          MAPPING,
        )
        .prefault({})
        .meta({ description: 'Name resolution of the containers.' }),
      proxynet: z
        .strictObject(
          {
            subnet: textMatching(
              'a private IPv4 network of at least a /23, such as `172.28.0.0/16`',
              isPrivateNetwork,
            )
              .default('172.20.0.0/16')
              .meta({
                description:
                  "Range of the network of the DNS server (at its address .253) and of services with an `ipv4_address`. Choose another one where the host or its neighbours use this one. Every container knows the DNS server's address, so another range replaces every container.",
                examples: ['172.28.0.0/16'],
              }),
          },
          MAPPING,
        )
        .prefault({})
        .meta({ description: 'The one network that projects can share.' }),
      crowdsec: z
        .looseObject(
          {
            enabled: flag.default(false).meta({
              description:
                'Run CrowdSec and let it refuse known attackers and, with its AppSec, known attacks. While it cannot be reached, requests pass. HTTP/2 bodies of unannounced length, as gRPC sends them, cannot be looked at: they are refused, unless projects/middlewares.yml says `crowdsecAppsecUnreadableBodyBlock: false`.',
            }),
            collections: z
              .array(
                textMatching('a collection of the hub, `author/name`', (value) =>
                  /^[\w.-]+\/[\w.-]+$/.test(value),
                ),
                LIST,
              )
              .default([])
              .meta({
                description: 'Collections of scenarios to install.',
                examples: [['crowdsecurity/traefik']],
              }),
            clientTrustedIPs: z
              .array(source, LIST)
              .default([...PRIVATE_RANGES])
              .meta({
                description:
                  'Clients that CrowdSec never judges. By default those of private networks, as in itsUP: your own house is not to lock itself out. Behind a proxy that says who the client is, it is the client that counts. `[]`: it judges everybody.',
                examples: [['192.168.0.0/16']],
              }),
          },
          MAPPING,
        )
        .prefault({})
        .meta({ description: 'CrowdSec.' }),
      versions: z
        .looseObject(
          {
            traefik: tag.default('v3.7.9').meta({ description: 'Tag of `traefik`.' }),
            dockerproxy: tag.default('1.13.1').meta({ description: 'Tag of `wollomatic/socket-proxy`.' }),
            dns: tag.default('1.14.7').meta({ description: 'Tag of `coredns/coredns`.' }),
            crowdsec: tag.default('v1.7.3').meta({ description: 'Tag of `crowdsecurity/crowdsec`.' }),
            crowdsecPlugin: tag.default('v1.7.1').meta({
              description:
                "Version of Traefik's CrowdSec bouncer plugin. A deploy downloads it once, holds it to its hash in projects/images.lock.yml, and keeps it in the state folder. An earlier one than v1.7.0 forgets standing decisions when Traefik starts. `experimental.localPlugins.crowdsec` in projects/traefik.yml loads it from `traefik/plugins-local/src/` in the state folder instead.",
            }),
          },
          MAPPING,
        )
        .prefault({})
        .meta({ description: "Versions of the proxy stack's images." }),
      paths: choice(['source', 'upstream']).default('source').meta({
        description:
          "Where relative paths of Compose files resolve: `source`, in the project's folder as with plain Compose; `upstream`, in `upstream/<name>` as in itsUP. A project's own `paths` wins.",
      }),
      isolation: choice(['standard', 'strict']).default('standard').meta({
        description:
          "How far projects of one host trust each other. `strict`: nobody reaches a service of another project, or serves a path of its domain, unless that project's `exports` names them, mounts its volumes or builds an image that it runs, and no service gets the engine's socket. `standard`: the plan says so, and deploys.",
      }),
      engine: choice(['compose', 'swarm']).default('compose').meta({
        description:
          'What runs the projects: `compose`, containers on this machine; `swarm`, services of a Docker Swarm of one or more machines. The documentation (Several machines) says what of it there is so far.',
      }),
      backup: foreign("itsUP's backup; kept for it, not used here."),
      alert: z
        .looseObject(
          {
            command: z
              .string({ error: 'a command line' })
              .trim()
              .min(1, 'a command line')
              .optional()
              .meta({
                description:
                  'Run by sh after a deploy, a restart or a rollback that failed: the failures as JSON on its standard input, in short in ITSUP_SUBJECT and ITSUP_TEXT; secrets of secrets/itsup.env in its environment.',
                examples: ['curl -fsS -H "Title: $ITSUP_SUBJECT" -d "$ITSUP_TEXT" "$NTFY_URL"'],
              }),
          },
          MAPPING,
        )
        .prefault({})
        .meta({ description: 'Whom to tell. Other keys belong to itsUP and are kept for it.' }),
    },
    MAPPING,
  )
  .meta({ title: 'itsup.yml', description: 'Settings of this host. Every one has a default.' });

/** The file as parsed, defaults applied. */
export type SettingsFile = z.output<typeof settingsSchema>;
