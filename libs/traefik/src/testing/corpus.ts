/** One file of the file provider, and whether Traefik 3.7 takes it. Beside it stands `corpusBase`. */
export interface CorpusFile {
  name: string;
  text: string;
  /** Traefik refuses the file, or an object of it: by its log, or in its API. */
  refused: boolean;
  /** Where our verdict differs: why we say less than Traefik does. A file that Traefik takes is never refused by us. */
  missed?: string;
}

/** What the files of the corpus may refer to. */
export const corpusBase = `http:
  services:
    web: {loadBalancer: {servers: [{url: "http://127.0.0.1:9"}]}}
  middlewares:
    plain: {addPrefix: {prefix: /x}}
tcp:
  services:
    stream: {loadBalancer: {servers: [{address: "127.0.0.1:9"}]}}
udp:
  services:
    packets: {loadBalancer: {servers: [{address: "127.0.0.1:9"}]}}
tls:
  options:
    modern: {minVersion: VersionTLS13}
`;
export const corpusEntryPoints = ['web', 'web-secure', 'stream'];
export const corpusResolvers = ['letsencrypt'];

const middleware = (name: string, text: string): string =>
  `http:\n  middlewares:\n    one:\n      ${text.replaceAll('\n', '\n      ')}\n# ${name}\n`;
const router = (text: string): string =>
  `http:\n  routers:\n    one:\n      ${text.replaceAll('\n', '\n      ')}\n`;

const taken = (name: string, text: string): CorpusFile => ({ name, text, refused: false });
const refused = (name: string, text: string, missed?: string): CorpusFile => ({
  name,
  text,
  refused: true,
  ...(missed === undefined ? {} : { missed }),
});
const goodMiddleware = (name: string, text: string): CorpusFile => taken(name, middleware(name, text));
const badMiddleware = (name: string, text: string, missed?: string): CorpusFile =>
  refused(name, middleware(name, text), missed);
const goodRouter = (name: string, text: string): CorpusFile => taken(name, router(text));
const badRouter = (name: string, text: string, missed?: string): CorpusFile =>
  refused(name, router(text), missed);

const HASH = '$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/';

export const corpus: CorpusFile[] = [
  // Middlewares that Traefik takes, however they are written.
  goodMiddleware('a number in quotes', 'rateLimit: {average: "100", burst: 50}'),
  goodMiddleware('a number with an exponent', 'rateLimit: {average: 1e2, burst: 0x10}'),
  goodMiddleware('a number with underscores', 'rateLimit: {average: 1_000}'),
  goodMiddleware('an octal number', 'rateLimit: {average: 010}'),
  goodMiddleware('names in any case', 'RATELIMIT: {Average: 100, pErIoD: 1m}'),
  goodMiddleware('durations', 'rateLimit: {average: 10, period: 1m30s}'),
  goodMiddleware('a duration without a unit', 'rateLimit: {average: 10, period: 5}'),
  goodMiddleware(
    'a duration with a fraction',
    'circuitBreaker: {expression: "NetworkErrorRatio() > 0.3", checkPeriod: 1.5s}',
  ),
  goodMiddleware('a text for a list', 'stripPrefix: {prefixes: /api}'),
  goodMiddleware('a text with commas for a list', 'stripPrefix: {prefixes: "/api, /app"}'),
  goodMiddleware('a boolean in quotes', 'headers: {sslRedirect: "false", frameDeny: "T"}'),
  goodMiddleware('a boolean as a number', 'headers: {frameDeny: 1}'),
  goodMiddleware('a struct that is empty', 'compress: {}'),
  goodMiddleware('a struct that is true', 'compress: true'),
  goodMiddleware('compress with encodings', 'compress: {encodings: [br, gzip], minResponseBodyBytes: 200}'),
  goodMiddleware(
    'numbers and booleans as headers',
    'headers: {customRequestHeaders: {X-A: 1, X-B: true, X-C: ""}}',
  ),
  goodMiddleware(
    'a header without a value',
    'headers: {customResponseHeaders: {X-Frame-Options: "", Server: ""}}',
  ),
  goodMiddleware(
    'CORS',
    'headers: {accessControlAllowMethods: [GET, PUT], accessControlAllowOriginListRegex: ["^https://.*\\\\.example\\\\.com$"], accessControlMaxAge: 100}',
  ),
  goodMiddleware('basic auth', `basicAuth: {users: ["test:${HASH}"], removeHeader: true}`),
  goodMiddleware('digest auth', 'digestAuth: {users: ["test:traefik:a2688e031edb4be6a3797f3882655c05"]}'),
  goodMiddleware(
    'forward auth',
    'forwardAuth: {address: "http://127.0.0.1:9/verify", trustForwardHeader: true, authResponseHeaders: [X-User], authResponseHeadersRegex: "^X-"}',
  ),
  goodMiddleware(
    'addresses and networks',
    'ipAllowList: {sourceRange: [127.0.0.1, 10.0.0.0/8, "fd00::/8", "::1"]}',
  ),
  goodMiddleware('an address by depth', 'ipAllowList: {sourceRange: [10.0.0.0/8], ipStrategy: {depth: 2}}'),
  goodMiddleware(
    'an allow list with a status',
    'ipAllowList: {sourceRange: [10.0.0.0/8], rejectStatusCode: 404}',
  ),
  goodMiddleware('the old white list', 'ipWhiteList: {sourceRange: [10.0.0.0/8]}'),
  goodMiddleware(
    'a regular expression of RE2',
    'redirectRegex: {regex: "^http://(?P<host>[^/]+)/(.*)$", replacement: "https://${host}/${2}"}',
  ),
  goodMiddleware('classes of RE2', 'replacePathRegex: {regex: "^/\\\\pL+/[[:alpha:]]+", replacement: /}'),
  goodMiddleware(
    'error pages',
    'errors: {status: ["500-599", "404"], service: web, query: "/{status}.html"}',
  ),
  goodMiddleware('one status', 'errors: {status: 500, service: web, query: /}'),
  goodMiddleware('a chain', 'chain: {middlewares: [plain, plain@file]}'),
  goodMiddleware('requests in flight', 'inFlightReq: {amount: 10, sourceCriterion: {requestHost: true}}'),
  goodMiddleware(
    'buffering',
    'buffering: {maxRequestBodyBytes: 2000000, retryExpression: "IsNetworkError() && Attempts() < 2"}',
  ),
  goodMiddleware('retry', 'retry: {attempts: 4, initialInterval: 100ms}'),
  goodMiddleware('content type', 'contentType: {}'),
  goodMiddleware(
    'client certificates',
    'passTLSClientCert: {pem: true, info: {subject: {commonName: true}}}',
  ),
  goodMiddleware('encoded characters', 'encodedCharacters: {allowEncodedSlash: true}'),
  goodMiddleware('a template that is a literal', 'headers: {customResponseHeaders: {X-A: "{{`{{`}} x }}"}}'),
  goodMiddleware(
    'a template that is a quoted literal',
    'headers: {customResponseHeaders: {X-A: \'{{"{{"}} x }}\'}}',
  ),
  goodMiddleware(
    'a template with a function',
    'headers: {customResponseHeaders: {X-A: "{{ env `HOME` | upper }}"}}',
  ),
  taken(
    'a template comment',
    '# {{/* nothing */}}\nhttp:\n  middlewares:\n    one: {addPrefix: {prefix: /a}}\n',
  ),
  taken(
    'a number by a template',
    'http:\n  middlewares:\n    one: {rateLimit: {average: "{{ add 1 2 }}"}}\n',
  ),
  taken(
    'unknown keys at the root',
    'x-common: &common {attempts: 3}\nversion: 2\nhttp:\n  middlewares:\n    one: {retry: *common}\n',
  ),
  taken(
    'merge keys',
    'x-a: &a {average: 5}\nhttp:\n  middlewares:\n    one:\n      rateLimit: {<<: *a, burst: 7}\n',
  ),
  taken(
    'a mapping for a list of texts',
    'http:\n  middlewares:\n    one: {headers: {frameDeny: true, allowedHosts: {a: b}}}\n',
  ),
  taken('a section without a value', 'http:\ntcp: ~\nudp: null\n'),
  taken(
    'TCP and UDP',
    'tcp:\n  routers:\n    t: {rule: "HostSNI(`*`)", entryPoints: [stream], service: stream}\n  middlewares:\n    m: {ipAllowList: {sourceRange: [10.0.0.0/8]}}\nudp:\n  services:\n    u: {loadBalancer: {servers: [{address: "127.0.0.1:53"}]}}\n',
  ),
  taken('a TLS version that there is not', 'tls:\n  options:\n    odd: {minVersion: VersionTLS99}\n'),
  taken(
    'TLS options',
    'tls:\n  options:\n    odd: {minVersion: VersionTLS12, cipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256], curvePreferences: [X25519, CurveP256], sniStrict: true}\n',
  ),
  // Middlewares that it does not take.
  badMiddleware('a misspelt kind', 'basicAuht: {users: ["a:b"]}'),
  badMiddleware('a misspelt field', 'basicAuth: {usrs: ["a:b"]}'),
  badMiddleware('a word for a number', 'rateLimit: {average: abc}'),
  badMiddleware('a fraction for a number', 'rateLimit: {average: 1.5}'),
  badMiddleware('a number that is too large', 'rateLimit: {average: 99999999999999999999}'),
  badMiddleware('a size with a unit', 'buffering: {maxRequestBodyBytes: 10M}'),
  badMiddleware('a duration with an unknown unit', 'rateLimit: {average: 10, period: 5x}'),
  badMiddleware('a duration in days', 'rateLimit: {average: 10, period: 1d}'),
  badMiddleware('a negative period', 'rateLimit: {average: 10, period: -5s}'),
  badMiddleware('yes for a boolean', 'headers: {frameDeny: yes}'),
  badMiddleware('on for a boolean', 'headers: {frameDeny: on}'),
  badMiddleware('nothing for a boolean', 'headers: {frameDeny: ""}'),
  badMiddleware('a list for a boolean', 'headers: {frameDeny: [true]}'),
  badMiddleware('a list for a number', 'rateLimit: {average: [1]}'),
  badMiddleware('fields for a text', 'addPrefix: {prefix: {a: b}}'),
  badMiddleware('a text for fields', 'basicAuth: nonsense'),
  badMiddleware('a list for fields', 'basicAuth: [a]'),
  badMiddleware('no fields', 'basicAuth: {}'),
  badMiddleware('no kind', '{}'),
  badMiddleware('two kinds', 'addPrefix: {prefix: /a}\nstripPrefix: {prefixes: [/b]}'),
  badMiddleware('a list in a list', 'stripPrefix: {prefixes: [[/a]]}'),
  badMiddleware('an empty element', 'stripPrefix: {prefixes: [/a, ~]}'),
  badMiddleware('a date', 'addPrefix: {prefix: 2026-11-29}'),
  badMiddleware('headers that set none', 'headers: {frameDeny: false}', 'needs the meaning of every field'),
  badMiddleware('an address that is none', 'ipAllowList: {sourceRange: [10.0.0.0/33]}'),
  badMiddleware('an address with leading zeros', 'ipAllowList: {sourceRange: [010.0.0.1]}'),
  badMiddleware('no address', 'ipAllowList: {sourceRange: []}'),
  badMiddleware('a host name as an address', 'ipAllowList: {sourceRange: [example.com]}'),
  badMiddleware(
    'a status that is none',
    'ipAllowList: {sourceRange: [10.0.0.0/8], rejectStatusCode: 99}',
    'a number beyond its type',
  ),
  badMiddleware(
    'an excluded address that is none',
    'ipAllowList: {sourceRange: [10.0.0.0/8], ipStrategy: {excludedIPs: [x]}}',
  ),
  badMiddleware('look-ahead', 'redirectRegex: {regex: "^http://(?!www)(.*)", replacement: "https://$1"}'),
  badMiddleware('a bracket that stays open', 'replacePathRegex: {regex: "^/[a", replacement: /}'),
  badMiddleware('a back reference', 'stripPrefixRegex: {regex: ["/(a)\\\\1"]}'),
  badMiddleware('a user without a hash', 'basicAuth: {users: [nobody]}'),
  badMiddleware('a digest user without a realm', 'digestAuth: {users: ["a:b"]}'),
  badMiddleware('an unknown encoding', 'compress: {encodings: [deflate]}'),
  badMiddleware(
    'a media type that is none',
    'compress: {excludedContentTypes: ["a b"]}',
    'Go parses media types',
  ),
  badMiddleware('an empty prefix', 'addPrefix: {prefix: ""}'),
  badMiddleware('a redirect to no scheme', 'redirectScheme: {permanent: true}'),
  badMiddleware('no attempts', 'retry: {initialInterval: 1s}'),
  badMiddleware('a status range of words', 'errors: {status: [5xx], service: web, query: /}'),
  badMiddleware('an error page of no service', 'errors: {status: ["500"], service: nowhere, query: /}'),
  badMiddleware('a chain of what there is not', 'chain: {middlewares: [nothing]}'),
  badMiddleware('a chain of itself', 'chain: {middlewares: [one]}', 'circles of references'),
  badMiddleware('a plugin that is not there', 'plugin: {demo: {a: b}}', "plugins are Traefik's to find"),
  badMiddleware(
    'a breaker expression',
    'circuitBreaker: {expression: "Nonsense() > 1"}',
    'the language of expressions',
  ),
  badMiddleware(
    'two ways to tell clients apart',
    'rateLimit: {average: 1, sourceCriterion: {requestHost: true, requestHeaderName: X}}',
    'fields that exclude each other',
  ),
  badMiddleware('a template with a field', 'headers: {customResponseHeaders: {X-A: "{{ .X }}"}}'),
  badMiddleware(
    'a template with an unknown function',
    'headers: {customResponseHeaders: {X-A: "{{ nonsense 1 }}"}}',
  ),
  badMiddleware('a template that does not end', 'headers: {customResponseHeaders: {X-A: "{{ x"}}'),
  refused(
    'a template in a comment',
    '# {{ .Values.x }}\nhttp:\n  middlewares:\n    one: {addPrefix: {prefix: /a}}\n',
  ),
  refused('an indentation', 'http:\n  middlewares:\n   one:\n      addPrefix: {prefix: /a}\n    two: {}\n'),
  refused(
    'a key twice',
    'http:\n  middlewares:\n    one: {addPrefix: {prefix: /a}}\n    one: {addPrefix: {prefix: /b}}\n',
  ),
  refused('a tab', 'http:\n\tmiddlewares: {}\n'),
  refused('a list at the root', '- http\n'),
  refused('a section that is empty', 'http: {}\n'),
  refused('middlewares that are empty', 'http:\n  middlewares: {}\n'),
  refused('a section that is misspelt', 'http:\n  middelwares:\n    one: {addPrefix: {prefix: /a}}\n'),
  refused('a TCP middleware of HTTP', 'tcp:\n  middlewares:\n    one: {addPrefix: {prefix: /a}}\n'),
  refused('a cipher that there is not', 'tls:\n  options:\n    odd: {cipherSuites: [TLS_NONSENSE]}\n'),
  refused('a curve that there is not', 'tls:\n  options:\n    odd: {curvePreferences: [P256]}\n'),
  refused(
    'a kind of client authentication',
    'tls:\n  options:\n    odd: {clientAuth: {clientAuthType: Maybe}}\n',
  ),
  refused(
    'a certificate that is not there',
    'tls:\n  certificates:\n    - {certFile: /nowhere.crt, keyFile: /nowhere.key}\n',
    "files are Traefik's to read",
  ),
  refused('TLS options with a misspelt field', 'tls:\n  options:\n    odd: {minversions: VersionTLS12}\n'),
  // Routers and services.
  goodRouter(
    'a router',
    'rule: "Host(`a.example.com`) && PathPrefix(`/x`)"\nservice: web\nentryPoints: [web]\nmiddlewares: [plain]\npriority: 5',
  ),
  goodRouter('a router with TLS that is empty', 'rule: "Host(`a.example.com`)"\nservice: web\ntls: {}'),
  goodRouter('a router with TLS that is true', 'rule: "Host(`a.example.com`)"\nservice: web\ntls: true'),
  goodRouter(
    'a router with TLS that is a word',
    'rule: "Host(`a.example.com`)"\nservice: web\ntls: whatever',
  ),
  goodRouter(
    'a router with options',
    'rule: "Host(`a.example.com`)"\nservice: web\ntls: {options: modern, domains: [{main: a.example.com, sans: [b.example.com]}]}',
  ),
  goodRouter('a router to the API', 'rule: "Host(`a.example.com`)"\nservice: api@internal'),
  goodRouter('a priority in quotes', 'rule: "Host(`a.example.com`)"\nservice: web\npriority: "7"'),
  goodRouter('a placeholder of Traefik 2', 'rule: "HostRegexp(`{sub:[a-z]+}.example.com`)"\nservice: web'),
  goodRouter(
    'observability',
    'rule: "Host(`a.example.com`)"\nservice: web\nobservability: {accessLogs: false}',
  ),
  badRouter('a priority that is a word', 'rule: "Host(`a.example.com`)"\nservice: web\npriority: abc'),
  badRouter('a router to no service', 'rule: "Host(`a.example.com`)"\nservice: nowhere'),
  badRouter('a router to a container', 'rule: "Host(`a.example.com`)"\nservice: web@docker'),
  badRouter(
    'a middleware of a container',
    'rule: "Host(`a.example.com`)"\nservice: web\nmiddlewares: [login@docker]',
  ),
  badRouter(
    'an entry point that there is not',
    'rule: "Host(`a.example.com`)"\nservice: web\nentryPoints: [websecure]',
  ),
  badRouter(
    'a resolver that there is not',
    'rule: "Host(`a.example.com`)"\nservice: web\ntls: {certResolver: letsencrpyt}',
  ),
  badRouter('options that there are not', 'rule: "Host(`a.example.com`)"\nservice: web\ntls: {options: old}'),
  badRouter(
    'a middleware of another provider',
    'rule: "Host(`a.example.com`)"\nservice: web\nmiddlewares: [x@consul]',
  ),
  badRouter('a rule that does not end', 'rule: "Host(`a.example.com`"\nservice: web'),
  badRouter('a matcher of Traefik 2', 'rule: "Headers(`a`, `b`)"\nservice: web'),
  badRouter('two hosts in one matcher', 'rule: "Host(`a.example.com`, `b.example.com`)"\nservice: web'),
  badRouter('an unknown field of a router', 'rule: "Host(`a.example.com`)"\nservice: web\nentrypoint: [web]'),
  taken(
    'a weighted service',
    'http:\n  services:\n    one: {weighted: {services: [{name: web, weight: 3}], sticky: {cookie: {}}}}\n',
  ),
  taken(
    'a health check',
    'http:\n  services:\n    one: {loadBalancer: {servers: [{url: "http://127.0.0.1:9"}], healthCheck: {path: /, interval: 10s}, passHostHeader: false}}\n',
  ),
  taken(
    'servers as a list of texts',
    'http:\n  services:\n    one: {loadBalancer: {servers: ["http://127.0.0.1:9"]}}\n',
  ),
  refused(
    'a weighted service of nothing',
    'http:\n  services:\n    one: {weighted: {services: [{name: nowhere}]}}\n',
  ),
  refused('a service of no kind', 'http:\n  services:\n    one: {}\n'),
  refused(
    'a service of two kinds',
    'http:\n  services:\n    one: {loadBalancer: {servers: [{url: "http://127.0.0.1:9"}]}, mirroring: {service: web}}\n',
  ),
  refused(
    'a strategy that there is not',
    'http:\n  services:\n    one: {loadBalancer: {strategy: fastest, servers: [{url: "http://127.0.0.1:9"}]}}\n',
  ),
  refused('a port in labels alone', 'http:\n  services:\n    one: {loadBalancer: {server: {port: 80}}}\n'),
  refused(
    'a weight that is a word',
    'http:\n  services:\n    one: {weighted: {services: [{name: web, weight: heavy}]}}\n',
  ),
  refused(
    'a transport that there is not',
    'http:\n  services:\n    one: {loadBalancer: {serversTransport: nowhere, servers: [{url: "http://127.0.0.1:9"}]}}\n',
  ),
  refused(
    'a TCP router with TLS of no options',
    'tcp:\n  routers:\n    t: {rule: "HostSNI(`a.example.com`)", entryPoints: [stream], service: stream, tls: {options: old}}\n',
  ),
  refused(
    'a TCP router without TLS for a name',
    'tcp:\n  routers:\n    t: {rule: "HostSNI(`a.example.com`)", entryPoints: [stream], service: stream}\n',
    'what a rule needs of its router',
  ),
];
