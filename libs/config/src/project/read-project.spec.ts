import fc from 'fast-check';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { formatProblems } from '../problem/format-problems';
import { scanProject } from './scan-project';
import { readAt } from '../testing/fixtures';

/** Keys that mean something, and some that do not. */
const KEYS = [
  ...['services', 'include', 'networks', 'name', 'web', 'db', 'image', 'build', 'extends', 'file', 'service'],
  ...[
    'ports',
    'published',
    'target',
    'volumes',
    'source',
    'type',
    'labels',
    'healthcheck',
    'test',
    'env_file',
    'path',
  ],
  ...[
    'ingress',
    'egress',
    'enabled',
    'host',
    'paths',
    'domain',
    'tls',
    'main',
    'sans',
    'port',
    'headers',
    'request',
  ],
  ...['__proto__', 'constructor', 'toString', '', 'a b'],
];
const SCALARS = [
  'web',
  'db',
  '80:80',
  '1000-1100:1000-1100',
  './x:/y',
  'compose.yml',
  '../../x',
  '${X}',
  'a.example.com',
  '',
  80,
  -1,
  1.5,
  true,
  null,
];

const anything = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthSize: 'large' },
    fc.constantFrom(...SCALARS),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('node'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).node;
const composeFile = fc.oneof(
  anything,
  fc.record(
    {
      services: fc.dictionary(fc.constantFrom('web', 'db', '__proto__'), anything, { maxKeys: 3 }),
      include: anything,
      networks: anything,
    },
    { requiredKeys: ['services'] },
  ),
);
const ingressFile = fc.oneof(
  anything,
  fc.record({ ingress: fc.array(anything, { maxLength: 3 }), egress: anything }),
);

describe('readProject', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'itsup-config-'));
    await mkdir(join(root, 'projects/app'), { recursive: true });
  });

  afterEach(() => rm(root, { recursive: true }));

  test('never throws for any YAML: a project always comes back, and every problem can be shown', async () => {
    await fc.assert(
      fc.asyncProperty(composeFile, ingressFile, fc.boolean(), async (compose, ingress, withHost) => {
        await writeFile(join(root, 'projects/app/compose.yml'), stringify(compose));
        await writeFile(
          join(root, 'projects/app/ingress.yml'),
          stringify(ingress) + (withHost ? '\n# host' : ''),
        );
        const { project, problems } = await readAt(root, 'app');
        expect(project.name).toBe('app');
        for (const row of project.ingress) {
          expect(row.port).toBeGreaterThanOrEqual(1);
          for (const domain of row.domains) expect(domain).not.toMatch(/[`"'{}\s]/);
        }
        expect(formatProblems(problems).split('\n').length).toBeGreaterThan(problems.length);
        scanProject(root, 'app');
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
