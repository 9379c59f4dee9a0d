import { z } from 'zod';
import { notFor } from './misfits';
import {
  domainHelp,
  HEADER_NAME,
  isDomain,
  isHeaderValue,
  isIp,
  isIpOrCidr,
  isPathPrefix,
  isRedirectTarget,
  isRuleText,
  RESOLVER_NAME,
  SERVICE_NAME,
  TRAEFIK_NAME,
} from './grammar';
import { choice, flag, LIST, MAPPING, oneOrMany, port, textMatching } from './schema-kit';

const COUNT = 'a whole number of at least 1';
const DOMAIN = 'a host name such as `app.example.com`';
const DOMAINS = 'a host name such as `app.example.com`, or a list of them';

const domain = textMatching(DOMAIN, isDomain, domainHelp);

const tls = z
  .strictObject(
    {
      main: domain.optional().meta({
        description: 'The name on the certificate, and the first host name of the route.',
        examples: ['example.com', '*.example.com'],
      }),
      sans: z
        .array(domain, LIST)
        .default([])
        .meta({
          description: 'Further names on the same certificate; each is a host name of the route too.',
          examples: [['www.example.com']],
        }),
      resolver: textMatching('the name of a certificate resolver', (value) => RESOLVER_NAME.test(value))
        .optional()
        .meta({
          description:
            'Certificate resolver: `letsencrypt`, or one of `letsencrypt.resolvers` in itsup.yml (DNS-01, wildcards).',
          examples: ['dns'],
        }),
    },
    MAPPING,
  )
  .meta({ description: 'The certificate, when one `domain` does not say enough.' });

const headerValues = z
  .record(
    textMatching('the name of a header', (value) => HEADER_NAME.test(value)),
    z
      .union([z.string(), z.number(), z.boolean()], { error: 'text' })
      .transform(String)
      .pipe(textMatching('printable ASCII on one line, without `{{` or `}}`', isHeaderValue)),
    MAPPING,
  )
  .default({});

/** One row of `ingress:` as the operator writes it. */
export const ingressRowSchema = z.strictObject(
  {
    service: textMatching('the name of a Compose service', (value) => SERVICE_NAME.test(value))
      .optional()
      .meta({
        description:
          'The Compose service that answers. Required with a Compose file, meaningless with `host`.',
        examples: ['web'],
      }),
    router: choice(['http', 'tcp', 'udp']).default('http').meta({
      description: 'What is routed: HTTP by host name and path, TCP by SNI or port, UDP by port.',
    }),
    domain: oneOrMany(isDomain, DOMAIN, DOMAINS, domainHelp)
      .optional()
      .meta({
        description:
          'The host name of the route, or a list of them on one certificate, the main one first. `*.example.com` needs a DNS-01 resolver.',
        examples: ['app.example.com', ['example.com', 'example.org']],
      })
      .register(notFor, { udp: 'ignored' }),
    tls: tls.optional().register(notFor, { udp: 'ignored' }),
    port: port
      .default(8080)
      .meta({ description: 'The port the service listens on, in its container or on the host.' }),
    path_prefix: textMatching('a path that starts with `/`', isPathPrefix, (value) =>
      isPathPrefix(`/${value}`) ? `Write \`/${value}\`.` : undefined,
    )
      .optional()
      .meta({ description: 'Only requests whose path starts with this.', examples: ['/api'] })
      .register(notFor, { tcp: 'error', udp: 'ignored' }),
    path_remove: flag
      .default(false)
      .meta({ description: 'Take `path_prefix` away before the service sees the path.' })
      .register(notFor, { tcp: 'ignored', udp: 'ignored' }),
    hostport: port.optional().meta({
      description:
        'A port of the host for this route alone, instead of the shared 80 and 443. Required for udp, and for tcp without a name.',
      examples: [5432],
    }),
    passthrough: flag
      .default(false)
      .meta({ description: 'Hand TLS through undecrypted; the service holds the certificate.' })
      .register(notFor, { udp: 'error' }),
    protocol: choice(['tcp', 'udp']).optional().meta({
      description:
        'Transport of the port. Follows `router`; only `udp` with `router: udp` is another than `tcp`.',
    }),
    proxyprotocol: z
      .union([z.literal(1), z.literal(2), z.null()], { error: '`1`, `2` or `null`' })
      .optional()
      .meta({
        description:
          'tcp: the PROXY protocol version spoken to the service, `null` for none. Left out it is 2, which the service has to understand.',
        examples: [2, null],
      }),
    middleware: z
      .array(
        textMatching('the name of a middleware', (value) => TRAEFIK_NAME.test(value)),
        LIST,
      )
      .default([])
      .meta({
        description: 'Middlewares to pass, in order: names of middlewares.yml, or `name@provider`.',
        examples: [['rate-limit', 'auth@docker']],
      })
      .register(notFor, { udp: 'error' }),
    allow_source_ips: z
      .array(textMatching('an address or a network such as `10.0.0.0/8`', isIpOrCidr), LIST)
      .min(1, 'a list of at least one address; leave it out to let everyone in')
      .optional()
      .meta({
        description: 'Only these source addresses and networks get through.',
        examples: [['10.0.0.0/8', '2001:db8::/32']],
      })
      .register(notFor, { udp: 'error' }),
    allow_encoded_slashes: flag
      .optional()
      .meta({
        description:
          'Let requests through whose path holds an encoded slash, backslash or NUL (`%2F`, `%5C`, `%00`). By default they are answered with 400 where a path decides who gets in: on a row with `path_prefix`, or a rule that looks at paths, and on the rows of the same host whose `allow_source_ips`, `middleware` or `basic_auth` differ from such a row. A service that decodes them would see another path than Traefik did. Some need them: GitLab, Nextcloud, S3.',
        examples: [true],
      })
      .register(notFor, { tcp: 'error', udp: 'ignored' }),
    ipv4_address: textMatching('an IPv4 address', (value) => isIp(value) && !value.includes(':'))
      .optional()
      .meta({
        description:
          "The container's fixed address on the network `proxynet`, inside its range (172.20.0.0/16). It shares that network with every other service that has an address there: they reach each other's ports past Traefik.",
        examples: ['172.20.0.50'],
      }),
    dns: z
      .array(textMatching('the address of a resolver', isIp), LIST)
      .optional()
      .meta({
        description: 'Resolvers of the container, instead of the logged ones.',
        examples: [['127.0.0.11']],
      }),
    priority: z
      .int('a whole number from 1 to 1000000000')
      .min(1, 'a whole number from 1 to 1000000000')
      .max(1_000_000_000, 'a whole number from 1 to 1000000000')
      .optional()
      .meta({
        description:
          "The route's precedence where several match; the highest wins. By default the longer rule does, and of a project's own rows the narrower one: with the longer path, or a name where the other has a wildcard.",
        examples: [100],
      })
      .register(notFor, { udp: 'ignored' }),
    rule: textMatching('a Traefik rule on one line, without `{{` or `}}`', isRuleText)
      .optional()
      .meta({
        description: 'A Traefik rule instead of the one made of `domain` and `path_prefix`.',
        examples: ['Host(`app.example.com`) && Method(`GET`)'],
      })
      .register(notFor, { udp: 'error' }),
    sticky: flag
      .default(false)
      .meta({ description: 'Keep a client on one container, by cookie.' })
      .register(notFor, { tcp: 'error', udp: 'ignored' }),
    headers: z
      .strictObject(
        {
          request: headerValues.meta({
            description: 'Set on requests before the service sees them; an empty value removes the header.',
            examples: [{ 'X-Forwarded-Prefix': '/api' }],
          }),
          response: headerValues.meta({
            description:
              'Set on responses; an empty value removes the header. Those of `traefik.headers` in itsup.yml are set last.',
            examples: [{ 'Permissions-Policy': 'geolocation=()' }],
          }),
        },
        MAPPING,
      )
      .default({ request: {}, response: {} })
      .meta({ description: 'Headers to set or remove.' })
      .register(notFor, { tcp: 'error', udp: 'ignored' }),
    redirect_from: z
      .array(
        textMatching(
          'a host name such as `www.example.com`',
          (value) => isDomain(value) && !value.includes('*'),
        ),
        LIST,
      )
      .default([])
      .meta({
        description:
          'Host names that are sent on to the first `domain`, path and query included, for good (301; 308 to anything but a GET). Each gets a certificate of its own, so that one whose DNS is wrong harms no other.',
        examples: [['www.example.com']],
      })
      .register(notFor, { tcp: 'error', udp: 'error' }),
    redirect_to: textMatching(
      'a host name such as `example.com`, or a URL such as `https://example.com/new`',
      isRedirectTarget,
    )
      .optional()
      .meta({
        description:
          'Send everything that the row gets to this host name, path and query included, or to this one URL, for good (301; 308 to anything but a GET). The service is never asked.',
        examples: ['example.com', 'https://example.com/new'],
      })
      .register(notFor, { tcp: 'error', udp: 'error' }),
    rate_limit: z
      .strictObject(
        {
          average: z
            .int(COUNT)
            .min(1, COUNT)
            .meta({ description: 'Requests of one client in each `period` in the long run.' }),
          burst: z
            .int(COUNT)
            .min(1, COUNT)
            .optional()
            .meta({ description: 'Requests that may come at once. Default: `average`.' }),
          period: textMatching('a time such as `1s` or `1m`', (value) =>
            /^[1-9]\d{0,5}(?:s|m|h)$/.test(value),
          )
            .default('1s')
            .meta({ description: 'What `average` is counted in.' }),
        },
        MAPPING,
      )
      .optional()
      .meta({
        description:
          'How much one client (an IPv4 address, an IPv6 /64) may ask for; what is more is answered with 429. It comes on top of `traefik.rateLimit` in itsup.yml.',
        examples: [{ average: 10, burst: 50 }],
      })
      .register(notFor, { tcp: 'error', udp: 'error' }),
    basic_auth: textMatching('the name of a variable such as `SITE_USERS`', (value) =>
      /^[A-Z_][A-Z0-9_]{0,63}$/i.test(value),
    )
      .optional()
      .meta({
        description:
          "Ask for a name and a password. The variable, in `secrets/<project>.env` or the project's `.env`, holds lines of htpasswd, separated by commas: `htpasswd -nbB alice secret`. In quotes, for hashes hold `$`.",
        examples: ['SITE_USERS'],
      })
      .register(notFor, { tcp: 'error', udp: 'error' }),
    compress: flag
      .default(false)
      .meta({ description: 'Compress answers for clients that take it, unless the service did.' })
      .register(notFor, { tcp: 'error', udp: 'ignored' }),
    scheme: choice(['http', 'https', 'h2c'])
      .default('http')
      .meta({
        description: 'How Traefik speaks to the service; `h2c` is HTTP/2 without TLS, as gRPC wants it.',
      })
      .register(notFor, { tcp: 'error', udp: 'ignored', passthrough: 'fine' }),
  },
  MAPPING,
);

/** One row as parsed, defaults applied. */
export type IngressRowInput = z.output<typeof ingressRowSchema>;
