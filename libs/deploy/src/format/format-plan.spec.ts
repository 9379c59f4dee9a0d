import type { WorkspacePlan } from '../requests';
import { formatPlan } from './format-plan';
import type { ServicePlan, StackPlan } from '../plan/model';
import { planJson } from './plan-json';

function service(name: string, change: Partial<ServicePlan> = {}): ServicePlan {
  return {
    service: name,
    action: 'none',
    reasons: [],
    notRolled: [],
    build: false,
    pull: false,
    replicas: 1,
    current: [],
    leftovers: [],
    retired: [],
    networks: [],
    ...change,
  };
}

function stack(name: string, services: ServicePlan[], change: Partial<StackPlan> = {}): StackPlan {
  return {
    stack: name,
    projectName: name,
    kind: 'converge',
    services,
    edges: [],
    networks: [],
    files: [],
    operations: [],
    unchanged: false,
    fromRecord: false,
    notes: [],
    ...change,
  };
}

const PLAN: WorkspacePlan = {
  stacks: [
    stack(
      'api',
      [
        service('web', {
          action: 'rollout',
          reasons: ['image ghcr.io/acme/web:1.4 → 1.5'],
          pull: true,
          hooks: ['pre_start (2)', 'pre_stop'],
        }),
        service('worker', {
          action: 'recreate',
          reasons: ['environment LOG_LEVEL'],
          notRolled: ['volume data is writable'],
        }),
        service('cache'),
        service('old', { action: 'remove', reasons: ['no longer in the Compose file'] }),
      ],
      {
        edges: [
          {
            action: 'connect',
            network: 'api--db--postgres',
            consumer: 'api',
            provider: 'db',
            service: 'postgres',
            containers: ['p1'],
          },
        ],
        files: [{ path: 'traefik/dynamic/routers-tcp.yml', action: 'update' }],
        notes: ['no value for TZ: Compose puts nothing in its place'],
      },
    ),
    stack('blog', [service('web')], { unchanged: true }),
  ],
  failed: [
    {
      stack: 'shop',
      problems: [
        {
          code: 'variable-missing',
          severity: 'error',
          message: 'shop needs a value for KEY',
          help: 'set it',
        },
      ],
    },
  ],
  prunable: ['gone'],
  problems: [],
  engine: { reachable: true, reason: null },
};

describe('formatPlan', () => {
  it('aligns what changes and says why, and counts the rest', () => {
    expect(formatPlan(PLAN)).toBe(
      [
        'api',
        '  web     rollout   image ghcr.io/acme/web:1.4 → 1.5; pulls first; runs pre_start (2), pre_stop',
        '  worker  recreate  environment LOG_LEVEL; not rolled: volume data is writable',
        '  old     remove    no longer in the Compose file',
        '  edge    connect   api → db:postgres',
        '  file    update    traefik/dynamic/routers-tcp.yml',
        '  note: no value for TZ: Compose puts nothing in its place',
        '',
        'shop cannot be deployed:',
        'error: shop needs a value for KEY',
        '  help: set it',
        '',
        '1 stack without a change',
        'no folder any more: gone (take down with: itsup prune)',
        '',
      ].join('\n'),
    );
  });

  const findings: WorkspacePlan['problems'] = [
    {
      code: 'path-below-domain',
      severity: 'note',
      message: 'it serves shop.example.com/blog',
      help: 'shop says so',
      place: { file: 'projects/blog/ingress.yml', line: 3, column: 5, text: '  - domain: shop.example.com' },
      project: 'blog',
    },
    { code: 'odd', severity: 'warning', message: 'shop is odd', project: 'shop' },
    { code: 'odd', severity: 'warning', message: 'the settings are odd' },
  ];

  it('shows what is to be known about a stack below it, also where nothing changes, and the rest once', () => {
    expect(formatPlan({ ...PLAN, problems: findings }).replace(/^[^]*(?=\nblog\n)/, '')).toBe(
      [
        '',
        'blog',
        '  projects/blog/ingress.yml:3:5: note: it serves shop.example.com/blog',
        '      3 |   - domain: shop.example.com',
        '        |     ^',
        '    help: shop says so',
        '',
        'shop cannot be deployed:',
        'error: shop needs a value for KEY',
        '  help: set it',
        '',
        'warning: shop is odd',
        '',
        'warning: the settings are odd',
        '',
        '1 stack without a change',
        'no folder any more: gone (take down with: itsup prune)',
        '',
      ].join('\n'),
    );
  });

  it('puts it into the JSON with its place', () => {
    const { problems } = JSON.parse(planJson({ ...PLAN, problems: findings })) as { problems: unknown[] };
    expect(problems).toEqual([
      {
        severity: 'note',
        project: 'blog',
        code: 'path-below-domain',
        message: 'it serves shop.example.com/blog',
        help: 'shop says so',
        place: { file: 'projects/blog/ingress.yml', line: 3, column: 5 },
      },
      expect.objectContaining({ project: 'shop', message: 'shop is odd', help: null, place: null }),
      expect.objectContaining({ project: null, message: 'the settings are odd' }),
    ]);
  });

  it('names a network that is made anew, and who stops for it', () => {
    const member = { container: 'c1', service: 'db', aliases: ['db'], isRunning: true };
    const networks = [
      { network: 'api_back', reasons: ['internal false → true'], members: [member], guests: ['blog-db-1'] },
    ];
    const plan = { ...PLAN, stacks: [stack('api', [], { networks })], failed: [], prunable: [] };
    expect(formatPlan(plan)).toBe(
      'api\n  network  recreate  api_back: internal false → true; stops db meanwhile; takes blog-db-1 off it meanwhile\n',
    );
  });

  it('lists what does not change when asked to', () => {
    expect(formatPlan(PLAN, { verbose: true })).toMatch(/cache +no change\n[\s\S]*blog\n {2}web +no change/);
  });

  it('says when it is for an empty host', () => {
    const text = formatPlan({
      ...PLAN,
      engine: { reachable: false, reason: 'the docker command is missing' },
    });
    expect(text).toMatch(/^No Docker engine answers.*the docker command is missing/);
  });
});

describe('planJson', () => {
  it('keeps its schema', () => {
    const parsed: unknown = JSON.parse(planJson(PLAN));
    expect(parsed).toMatchObject({
      version: 1,
      engine: { reachable: true, reason: null },
      changed: true,
      prunable: ['gone'],
      failed: [{ stack: 'shop', problems: [{ code: 'variable-missing', help: 'set it', place: null }] }],
    });
    const [api] = (parsed as { stacks: Record<string, unknown>[] }).stacks;
    expect(Object.keys(api ?? {})).toEqual([
      'stack',
      'composeProject',
      'kind',
      'unchanged',
      'services',
      'edges',
      'networks',
      'operations',
      'files',
      'notes',
    ]);
    expect(Object.keys((api?.['services'] as object[])[0] ?? {})).toEqual([
      'service',
      'action',
      'reasons',
      'notRolled',
      'build',
      'pull',
      'hooks',
      'replicas',
      'containers',
      'leftovers',
      'networks',
    ]);
  });
});
