import { z } from 'zod';

import { HEADER_NAME, HTPASSWD_LINE, isDomain, isHeaderValue } from '../grammar';
import { DEFAULT_RATE_LIMIT } from './rate-limit';
import { flag, MAPPING, oneOrList, port, textMatching } from '../schema-kit';

const COUNT = 'a whole number of at least 1';

const ONE_YEAR = 31_536_000;
const TWO_YEARS = 2 * ONE_YEAR;
/** A hundred years; browsers cut it. */
const MAX_AGE = 100 * ONE_YEAR;

/** A host name without a wildcard. */
export const dashboardHost = textMatching(
  'a host name such as `traefik.example.com`',
  (value) => isDomain(value) && !value.startsWith('*'),
);
const htpasswd = textMatching(
  'a line of htpasswd: `name:hash`',
  (value) => HTPASSWD_LINE.test(value),
  () => 'Make one with `htpasswd -nbB name password`, or leave it out and set TRAEFIK_ADMIN when deploying.',
);

/** `traefik:` of itsup.yml. */
export const traefikSettings = z
  .strictObject(
    {
      domain: dashboardHost.optional().meta({
        description: 'Host name of the dashboard. Without it there is none.',
        examples: ['traefik.example.com'],
      }),
      admin: oneOrList(htpasswd, 'a line of htpasswd, or a list of them').optional().meta({
        description:
          'Who may see the dashboard: lines of htpasswd, `name:hash`. TRAEFIK_ADMIN in the environment of a deploy does the same. With neither the dashboard stays off.',
      }),
      entryPoints: z
        .strictObject(
          {
            web: port.default(8080).meta({ description: 'Plain HTTP; your router forwards port 80 to it.' }),
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
  .meta({ description: 'The proxy.' });
