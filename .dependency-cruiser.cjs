/**
 * Which folder may use which: `npm run lint` holds it. From the ground up; a folder uses those before it, and its own.
 * The layers among each other are held by Nx's tags (eslint.config.mjs).
 */
const order = {
  traefik: ['types', 'dynamic', 'static', 'labels', 'yaml', 'check', 'acme', 'api'],
  config: [
    'files',
    'problem',
    'yaml',
    'schema',
    'compose',
    'dotenv',
    'ingress',
    'settings',
    'project',
    'docs',
  ],
  routing: [
    ...['names', 'networks', 'labels', 'rule', 'row', 'conflicts', 'checks', 'edges', 'proxy', 'explain'],
    ...['topology', 'traefik'],
  ],
  artifacts: ['files', 'yaml', 'project', 'proxy', 'topology'],
  docker: ['fault', 'process', 'engine', 'image', 'network', 'compose', 'swarm', 'container', 'host'],
  rollout: ['types', 'procedure', 'drain', 'provider', 'pin', 'readiness', 'service', 'traefik', 'hold'],
  deploy: [
    ...[
      'plan',
      'state',
      'stack',
      'images',
      'swarm',
      'desired',
      'engine',
      'plugins',
      'publish',
      'proxy',
      'certificates',
    ],
    ...[
      'ownership',
      'trial',
      'run',
      'execute',
      'maintenance',
      'serving',
      'explain',
      'alert',
      'validate',
      'on-swarm',
      'commands',
      'format',
    ],
  ],
  host: ['units', 'bootstrap', 'doctor', 'nightly'],
  scaffold: ['gallery', 'import', 'init', 'project'],
};

const inFolder = (lib, folders) => `^libs/${lib}/src/(${folders.join('|')})/`;

module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      comment: 'Two files that need each other are one, or have a third below both.',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(order).flatMap(([lib, folders]) => [
      ...folders.slice(0, -1).map((folder, at) => ({
        name: `${lib}-${folder}-points-up`,
        severity: 'error',
        comment: 'What a folder needs of one above it belongs below both, or is passed in.',
        from: { path: inFolder(lib, [folder]) },
        to: { path: inFolder(lib, folders.slice(at + 1)) },
      })),
      {
        name: `${lib}-folder-without-a-place`,
        severity: 'error',
        comment: 'Give the folder its place in the order above.',
        from: { path: `^libs/${lib}/src/[^/]+/`, pathNot: inFolder(lib, folders) },
        to: {},
      },
    ]),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['\\.spec\\.ts$', '/src/(testing|scenarios)/', '/dist/', '/__fixtures__/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@itsup/source', 'import', 'require', 'node', 'default'],
    },
  },
};
