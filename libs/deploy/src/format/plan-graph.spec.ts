import { operationsOf } from '../plan/order/operations';
import type { StackPlan } from '../plan/model';
import type { WorkspacePlan } from '../requests';
import { dependency, desiredService, servicePlan } from '../testing/desired-service';
import { planGraph } from './plan-graph';

const STACK: StackPlan = {
  stack: 'shop',
  projectName: 'shop',
  kind: 'converge',
  services: [],
  edges: [],
  networks: [],
  files: [],
  operations: [],
  unchanged: false,
  fromRecord: false,
  notes: [],
};

function workspacePlan(stacks: StackPlan[], failed: WorkspacePlan['failed'] = []): WorkspacePlan {
  return { stacks, failed, problems: [], prunable: [], engine: { reachable: true, reason: null } };
}

describe('the plan as a graph', () => {
  it('draws what a deploy executes, with an arrow to each operation that waits', () => {
    const services = [
      desiredService('db'),
      desiredService('web', { dependsOn: [dependency('db', { condition: 'service_healthy' })] }),
    ];
    const actions = services.map(({ name }) => servicePlan(name, { action: 'create', current: [] }));
    const none = { inactiveServices: [], edges: [], ownNetworks: [], ownVolumes: [] };
    const operations = operationsOf(
      { services: actions, edges: [], files: [], networks: [] },
      { stack: 'shop', projectName: 'shop', services, ...none },
      [],
      { traefik: null, usesProxynet: false, consumed: new Set(), hasRoutes: () => false },
    );
    const text = planGraph(workspacePlan([{ ...STACK, operations }]));
    expect(text).toMatch(/^flowchart LR\n {2}subgraph s0\["shop"\]\n/);
    for (const { id } of operations) expect(text).toContain(`["${id}`);
    const arrows = operations.flatMap(({ id, after }) =>
      after.map((before) => {
        const node = (wanted: string): number => operations.findIndex((one) => one.id === wanted);
        return `s0o${node(before)} --> s0o${node(id)}`;
      }),
    );
    expect(arrows.length).toBeGreaterThan(0);
    expect(text.match(/s0o\d+ --> s0o\d+/g)).toEqual(arrows);
  });

  it('takes names and reasons as they are, and marks what may fail', () => {
    const base = { after: [], reasons: [] };
    const text = planGraph(
      workspacePlan([
        {
          ...STACK,
          operations: [
            {
              ...base,
              id: 'roll web',
              kind: 'roll',
              service: 'web',
              reasons: ['label "a" <b> #1\nchanged'],
              optional: true,
            },
            { ...base, id: 'publish routes', kind: 'publish-routes', after: ['roll web'] },
          ],
        },
      ]),
    );
    expect(text).toContain('["roll web<br/>label #34;a#34; #60;b#62; #35;1 changed"]');
    expect(text).toContain('s0o0 -.-> s0o1');
  });

  it('draws the images that come first', () => {
    const services = [
      servicePlan('web', { action: 'create', pull: true }),
      servicePlan('api', { action: 'create', build: true }),
    ];
    const start = { id: 'start web', kind: 'start' as const, services: [], after: [], reasons: [] };
    const wait = { id: 'publish-routes', kind: 'publish-routes' as const, after: ['start web'], reasons: [] };
    const text = planGraph(workspacePlan([{ ...STACK, services, operations: [start, wait] }]));
    expect(text).toContain('    s0i["pull web<br/>build api"]\n');
    expect(text.match(/s0\w+ --> s0\w+/g)).toEqual(['s0i --> s0o0', 's0o0 --> s0o1']);
  });

  it('says what cannot be planned, and that there is nothing to do', () => {
    expect(planGraph(workspacePlan([STACK]))).toBe('flowchart LR\n  %% nothing to do\n');
    const problems = [{ code: 'x', severity: 'error' as const, message: 'web: no such\nimage' }];
    expect(planGraph(workspacePlan([], [{ stack: 'shop', problems }]))).toBe(
      'flowchart LR\n  %% shop: web: no such image\n',
    );
  });
});
