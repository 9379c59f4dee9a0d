import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { temporaryFolder, writeFiles } from '../testing/temporary-folder';
import { workflowFiles } from '../workspace/workflow-files';

const FOLDER = join(__dirname, '../../../../.github/workflows');

/** Events that somebody can cause who may not merge. */
const OF_STRANGERS =
  /^(pull_request.*|workflow_run|issue.*|discussion.*|fork|watch|release|create|schedule)$/;
const DEFAULT_BRANCH_ONLY = "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)";

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  'runs-on'?: string | string[];
  uses?: string;
  if?: string;
  environment?: string;
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  concurrency?: { 'cancel-in-progress'?: boolean };
  steps?: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions?: unknown;
  jobs: Record<string, Job>;
}

/** What in a workflow would let code that nobody has merged reach a secret, a token that writes, or the server. */
function faultsOf(text: string): string[] {
  const { on, permissions, jobs } = parse(text) as Workflow;
  const faults: string[] = [];
  const events = Object.keys(on);
  if (JSON.stringify(permissions) !== '{}') faults.push('gives permissions to every job');
  if (events.includes('pull_request_target')) faults.push('runs beside secrets for pull requests');
  if (/\$\{\{[^}]*\bsecrets\b/.test(text)) faults.push('uses a secret');
  for (const match of text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)) {
    const [, what = ''] = match;
    if (!what.startsWith('./') && !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what)) {
      faults.push(`${what}: not pinned to a commit, with its version beside it`);
    }
  }
  for (const [name, job] of Object.entries(jobs)) {
    const fault = (what: string): void => void faults.push(`${name}: ${what}`);
    const steps = job.steps ?? [];
    const writes = Object.values(job.permissions ?? {}).includes('write');
    if (job.uses === undefined && job['timeout-minutes'] === undefined) fault('has no time limit');
    if (job.permissions === undefined && steps.some(({ uses }) => uses !== undefined)) {
      fault('does not say which permissions it needs');
    }
    for (const { uses = '', run = '', with: given = {} } of steps) {
      if (run.includes('${{')) fault('puts an expression into a shell');
      if (/\bnpm (ci|install)\b(?!.*--ignore-scripts)/.test(run)) fault('runs install scripts');
      if (uses.startsWith('actions/checkout@') && given['persist-credentials'] !== false)
        fault('leaves the token in the checkout');
      if (writes && (given['ref'] !== undefined || given['repository'] !== undefined))
        fault('has a token that writes beside code of another branch');
      if (writes && /\b(npm|npx|node|nx)\b/.test(run)) fault('has a token that writes beside packages');
    }
    if (writes && (events.includes('pull_request') || events.includes('push')))
      fault('has a token that writes in a workflow that runs pushed code');
    if (![job['runs-on'] ?? []].flat().includes('self-hosted')) continue;
    if (events.some((event) => OF_STRANGERS.test(event))) fault('brings what is not merged to the server');
    if (!job.if?.includes(DEFAULT_BRANCH_ONLY)) fault('brings other branches to the server');
    if (JSON.stringify(job.permissions) !== '{}') fault('brings a token to the server');
    if (job.environment === undefined) fault('cannot be given reviewers');
    if (job.concurrency?.['cancel-in-progress'] !== false) fault('is cut off by the next one');
    if (steps.some(({ uses = '' }) => uses.startsWith('actions/checkout@')))
      fault('checks out into the runner');
  }
  return faults;
}

/** What `nx g itsup:repository` writes for an operator. */
const written = Object.entries(workflowFiles());

it.each(written)('%s, of a new repository, does so too', (_, text) => {
  expect(faultsOf(text)).toEqual([]);
});

it('deploys a new repository in about fifteen lines', () => {
  const text = workflowFiles()['.github/workflows/deploy.yml'] ?? '';
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length).toBeLessThanOrEqual(
    15,
  );
});

const actionlint = ['actionlint', join(homedir(), 'go/bin/actionlint')].find(
  (program) => spawnSync(program, ['-version']).status === 0,
);
if (actionlint === undefined) {
  process.stdout.write(
    'left out: actionlint is not here (go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.7)\n',
  );
}
(actionlint === undefined ? it.skip : it)('is taken by actionlint', () => {
  const folder = temporaryFolder(Object.fromEntries(written));
  writeFiles(folder, { '.github/actionlint.yaml': 'self-hosted-runner: { labels: [itsup] }\n' });
  for (const root of [folder, join(FOLDER, '../..')]) {
    // Without shellcheck and pyflakes, which a machine has or has not.
    const args = ['-shellcheck=', '-pyflakes=', '-config-file', join(root, '.github/actionlint.yaml')];
    const files = readdirSync(join(root, '.github/workflows')).filter((name) => name.endsWith('.yml'));
    const paths = files.map((name) => join(root, '.github/workflows', name));
    const { stdout, status } = spawnSync(actionlint ?? '', [...args, ...paths], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  }
});

const workflows = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));

it.each(workflows)('%s keeps what is not merged from secrets and server', (name) => {
  expect(faultsOf(readFileSync(join(FOLDER, name), 'utf8'))).toEqual([]);
});

it('has one workflow that deploys, and one that plans on the server', () => {
  const onServer = workflows.filter((name) =>
    readFileSync(join(FOLDER, name), 'utf8').includes('self-hosted,'),
  );
  expect(onServer).toEqual(['deploy.yml', 'plan-on-server.yml']);
});

it('would notice the workflow that ran pull requests on the server', () => {
  const text = `
on: { push: { branches: [main] }, pull_request: , workflow_dispatch: }
permissions: { contents: read, pull-requests: write }
jobs:
  plan:
    if: github.event.pull_request.head.repo.full_name == github.repository
    runs-on: [self-hosted, itsup]
    steps:
      - uses: actions/checkout@v4
      - run: npm ci
      - run: echo "\${{ github.event.pull_request.title }}"
  comment:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions: { pull-requests: write }
    steps:
      - uses: actions/checkout@v4
        with: { ref: "\${{ github.event.pull_request.head.sha }}", persist-credentials: false }
      - run: npm ci --ignore-scripts && npx itsup plan
        env: { TOKEN: "\${{ secrets.TOKEN }}" }
`;
  expect(faultsOf(text)).toEqual([
    'gives permissions to every job',
    'uses a secret',
    'actions/checkout@v4: not pinned to a commit, with its version beside it',
    'actions/checkout@v4: not pinned to a commit, with its version beside it',
    'plan: has no time limit',
    'plan: does not say which permissions it needs',
    'plan: leaves the token in the checkout',
    'plan: runs install scripts',
    'plan: puts an expression into a shell',
    'plan: brings what is not merged to the server',
    'plan: brings other branches to the server',
    'plan: brings a token to the server',
    'plan: cannot be given reviewers',
    'plan: is cut off by the next one',
    'plan: checks out into the runner',
    'comment: has a token that writes beside code of another branch',
    'comment: has a token that writes beside packages',
    'comment: has a token that writes in a workflow that runs pushed code',
  ]);
});
