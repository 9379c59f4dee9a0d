import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnOwnEngine } from '../harness/engine/describe-with';
import { BUSYBOX } from '../harness/engine/images';
import { REPOSITORY } from '../harness/repository';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { composeVersion, isKnownTo, mayRunPrivileged } from './compose-version';
import { INTENDED, level } from './intended';
import { referenceRun, type Pair } from './reference-run';
import { ROWS } from './rows';

const version = composeVersion();
/** A pattern of titles, for whoever looks into a few rows. */
const chosen = new RegExp(process.env['ITSUP_E2E_ROWS'] ?? '');
const rows = ROWS.filter((row) => isKnownTo(version, row) && chosen.test(row.title));

describeOnOwnEngine([BUSYBOX], `a deploy beside docker compose up --detach (Compose ${version})`, () => {
  let workspace: TestWorkspace;
  let pairs: Map<string, Pair>;
  const possible = rows.filter((row) => row.needsPrivileges !== true || mayRunPrivileged(BUSYBOX));

  beforeAll(async () => {
    workspace = await createWorkspace();
    const run = await referenceRun(possible, workspace);
    pairs = new Map(run.map((pair) => [pair.row.title, pair]));
  }, 5_400_000);
  afterAll(() => workspace.dispose());

  for (const { title } of rows.filter((row) => !possible.includes(row)))
    it.skip(`${title} (left out: this engine may not run privileged containers)`, () => undefined);

  it.each(possible.map((row) => [row.title, row] as const))('%s', (title, row) => {
    const pair = pairs.get(title);
    if (pair === undefined) throw new Error('it was not run');
    if (pair.compose.some(({ isSuccess }) => !isSuccess) !== (row.fails === true))
      throw new Error(`Compose ${row.fails === true ? 'succeeds' : 'fails'}\n${failures(pair)}`);
    const { compose, ours } = level(pair, version);
    try {
      expect(ours).toEqual(compose);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${failures(pair)}`);
    }
  });

  it('has a row for every intended difference', () => {
    const listed = new Set(ROWS.flatMap(({ intended = [] }) => intended));
    expect([...listed].sort()).toEqual(INTENDED.map(({ title }) => title).sort());
  });

  it('has every intended difference in the documentation, with its reason', async () => {
    const text = await readFile(join(REPOSITORY, 'docs/how-a-deploy-works.md'), 'utf8');
    const lines = text.replace(/\s+/g, ' ');
    expect(INTENDED.filter(({ title, reason }) => !lines.includes(title) || !lines.includes(reason))).toEqual(
      [],
    );
  });
});

/** What was printed where a deploy failed: the quickest way to the cause. */
function failures({ compose, ours }: Pair): string {
  return [...compose, ...ours]
    .filter(({ isSuccess }) => !isSuccess)
    .map(({ output }) => output.slice(-3000))
    .join('\n---\n');
}
