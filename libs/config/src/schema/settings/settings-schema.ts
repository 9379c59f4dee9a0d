import { z } from 'zod';

import { IMAGE_TAG, isIp, isIpOrCidr, isPrivateNetwork } from '../grammar';
import { letsEncryptSettings } from './letsencrypt-settings-schema';
import { choice, flag, LIST, MAPPING, oneOrList, textMatching } from '../schema-kit';
import { dashboardHost, traefikSettings } from './traefik-settings-schema';

/** Private networks and this host itself: RFC 1918, 4193, 4291, 1122. */
const PRIVATE_RANGES = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1/128',
  'fc00::/7',
];

const tag = textMatching('a tag of the image, in quotes if it looks like a number', (value) =>
  IMAGE_TAG.test(value),
);
const source = textMatching('an address or a network such as `10.0.0.0/8`', isIpOrCidr);
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
      routerIP: oneOrList(source, 'an address, a network, or a list of them')
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
      traefik: traefikSettings,
      letsencrypt: letsEncryptSettings,
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
          "How far projects of one host trust each other. `strict`: nobody reaches a service of another project, or serves a path of its domain, unless that project's `exports` names them; nobody mounts its volumes or folders, or builds from them, or builds an image that it runs; no service gets the engine's socket, the host's processes or the host's network. `standard`: all that is allowed, and but for the host's network the plan says so.",
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
