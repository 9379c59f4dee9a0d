/** One routing mode as an operator writes it: the text of an ingress file, and when to use it. */
export interface RouteExample {
  title: string;
  /** One or two sentences. */
  when: string;
  /** An ingress file; the services are `web` on 8080, `db` on 5432, `game` on 27015/udp. */
  ingress: string;
  /** What `projects/itsup.yml` has to say for it; absent: nothing. */
  settings?: string;
}

/** An example for each routing mode, for the documentation. Tests hold them to routes without a problem. */
export const routeExamples: readonly RouteExample[] = [
  {
    title: 'A site',
    when: 'HTTPS with a certificate; plain HTTP is sent there. What most projects need.',
    ingress: `ingress:
  - service: web
    domain: app.example.com
    port: 8080
`,
  },
  {
    title: 'Several names on one certificate',
    when: 'Each name is a host name of the route.',
    ingress: `ingress:
  - service: web
    tls:
      main: example.com
      sans: [www.example.com]
`,
  },
  {
    title: 'A wildcard certificate',
    when: 'Every name below a domain. Certificate authorities give one for a DNS-01 challenge only, so it takes a resolver of `projects/itsup.yml`; `traefik.env` in the state folder gives Traefik the credentials of the DNS provider.',
    settings: `letsencrypt:
  resolvers:
    dns:
      dnsChallenge: { provider: cloudflare }
`,
    ingress: `ingress:
  - service: web
    tls:
      main: '*.example.com'
      sans: [example.com]
      resolver: dns
`,
  },
  {
    title: 'A path',
    when: 'Only requests below the path; with `path_remove` the service does not see it.',
    ingress: `ingress:
  - service: web
    domain: example.com
    path_prefix: /api
    path_remove: true
`,
  },
  {
    title: 'Only from some addresses',
    when: 'Everybody else gets 403.',
    ingress: `ingress:
  - service: web
    domain: admin.example.com
    allow_source_ips: [10.0.0.0/8]
`,
  },
  {
    title: 'Middlewares',
    when: 'Names of `projects/middlewares.yml`, in the order that a request meets them.',
    ingress: `ingress:
  - service: web
    domain: example.com
    middleware: [rate-limit]
    headers:
      response: { X-Robots-Tag: noindex }
`,
  },
  {
    title: 'Sticky sessions',
    when: 'A client stays on the container that answered it first, by a cookie; for services that run several times and keep sessions in memory.',
    ingress: `ingress:
  - service: web
    domain: app.example.com
    sticky: true
`,
  },
  {
    title: 'HTTP on a port of its own',
    when: 'Plain, for any host name.',
    ingress: `ingress:
  - service: web
    hostport: 9000
`,
  },
  {
    title: 'HTTPS on a port of its own',
    when: 'With a domain the port speaks TLS, with the certificate of that name.',
    ingress: `ingress:
  - service: web
    domain: app.example.com
    hostport: 9443
`,
  },
  {
    title: 'TCP behind TLS, by name',
    when: 'Shares the HTTPS port: Traefik ends TLS and tells routes apart by the name that the client asks for.',
    ingress: `ingress:
  - service: db
    router: tcp
    domain: db.example.com
    port: 5432
    proxyprotocol: null
`,
  },
  {
    title: 'TLS passed through',
    when: 'The service holds the certificate.',
    ingress: `ingress:
  - service: web
    router: tcp
    domain: vault.example.com
    port: 8443
    passthrough: true
    proxyprotocol: null
`,
  },
  {
    title: 'TCP on a port',
    when: 'Any protocol, without TLS. `proxyprotocol: 2` tells the service the address of its client.',
    ingress: `ingress:
  - service: db
    router: tcp
    hostport: 5432
    port: 5432
    proxyprotocol: 2
`,
  },
  {
    title: 'UDP',
    when: 'A game server, a VPN, DNS.',
    ingress: `ingress:
  - service: game
    router: udp
    hostport: 27015
    port: 27015
`,
  },
  {
    title: 'A host outside Docker',
    when: 'A NAS, a router, another machine: the project has no Compose file.',
    ingress: `host: 192.168.1.10
ingress:
  - domain: nas.example.com
    port: 5000
`,
  },
  {
    title: 'TCP to a host outside Docker',
    when: 'A port of this host leads to one of the other.',
    ingress: `host: 192.168.1.10
ingress:
  - router: tcp
    hostport: 2222
    port: 22
    proxyprotocol: null
`,
  },
  {
    title: 'UDP to a host outside Docker',
    when: 'The same for UDP.',
    ingress: `host: 192.168.1.10
ingress:
  - router: udp
    hostport: 51820
    port: 51820
`,
  },
  {
    title: 'A raw rule',
    when: 'What the other keys cannot say, in Traefik’s own words.',
    ingress: `ingress:
  - service: web
    rule: Host(\`example.com\`) && Method(\`GET\`)
    priority: 100
`,
  },
  {
    title: 'A connection to another project',
    when: 'A private network to that one service, which answers to `postgres` and to `db-postgres`.',
    ingress: `egress: ['db:postgres']
`,
  },
];

/** The services that the examples speak of. */
const COMPOSE = `services:
  web: { image: app }
  db: { image: postgres }
  game: { image: game }
`;

/** The workspace of an example: path from its root → text. The example is project `blog`. */
export function exampleFiles({ ingress, settings }: RouteExample): Record<string, string> {
  return {
    'projects/blog/ingress.yml': ingress,
    ...(ingress.startsWith('host:') ? {} : { 'projects/blog/docker-compose.yml': COMPOSE }),
    ...(ingress.startsWith('egress:')
      ? { 'projects/db/docker-compose.yml': 'services:\n  postgres: { image: postgres }\n' }
      : {}),
    ...(settings === undefined ? {} : { 'projects/itsup.yml': settings }),
  };
}
