import { z } from 'zod';

import { RESOLVER_NAME } from '../grammar';
import { flag, MAPPING, textMatching } from '../schema-kit';

const isHttpsUrl = (value: string): boolean => URL.canParse(value) && new URL(value).protocol === 'https:';
const isPem = (value: string): boolean =>
  /^\s*(?:-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(value);

/** `letsencrypt:` of itsup.yml. */
export const letsEncryptSettings = z
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
  .meta({ description: 'Certificates.' });
