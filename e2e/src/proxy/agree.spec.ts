import { readFile } from 'node:fs/promises';

import { stringify } from 'yaml';

import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { containersOf } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { BUSYBOX } from '../harness/engine/images';
import { output, succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

interface Explained {
  running: { findings: { message: string; severity: string }[] };
}
interface Status {
  stack: string;
  state: string;
}
interface Finding {
  severity: string;
  message: string;
}
interface Plan {
  stacks: { stack: string; unchanged: boolean; notes: string[] }[];
  failed: { stack: string }[];
  problems: { project: string | null; message: string }[];
}

/** What each command says of one project: that something is wrong, and in which words. */
interface Verdicts {
  explain: boolean;
  status: boolean;
  doctor: boolean;
  plan: boolean;
}

const GOOD: Verdicts = { explain: true, status: true, doctor: true, plan: true };
const BAD: Verdicts = { explain: false, status: false, doctor: false, plan: false };

describeWithOwnEngine([BUSYBOX], 'explain, status, doctor and plan', () => {
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await createWorkspace();
    await Promise.all(
      ['well', 'stopped', 'sick', 'removed'].map((name) => write(name, { service: 'web', port: 80 })),
    );
    await write('profile', { service: 'extra', port: 80 }, { extra: { ...web(), profiles: ['extra'] } });
    succeeded(await workspace.itsup(['deploy'], { timeoutMs: 280_000 }));
    await write('port', { service: 'web', port: 8081 });
    const { exitCode } = await workspace.itsup(['deploy', workspace.name('port')], { timeoutMs: 280_000 });
    expect(exitCode).toBe(1);
    await write('new', { service: 'web', port: 80 });
    await output('docker', ['stop', '--time', '1', await container('stopped')]);
    await output('docker', ['rm', '--force', await container('removed')]);
    await output('docker', ['exec', await container('sick'), 'touch', '/tmp/sick']);
    await eventually(
      async () => {
        const [sick] = await containersOf(workspace.name('sick'));
        expect(sick?.health).toBe('unhealthy');
      },
      { timeoutMs: 30_000 },
    );
  }, 300_000);
  afterAll(() => workspace?.dispose());

  function web(): object {
    const command = 'mkdir -p /www; echo served >/www/index.html; exec httpd -f -p 80 -h /www';
    const healthcheck = { test: 'test ! -f /tmp/sick', interval: '1s', timeout: '1s', retries: 2 };
    return { image: BUSYBOX, init: true, command: ['sh', '-c', command], healthcheck };
  }

  async function write(name: string, row: object, more: Record<string, object> = {}): Promise<void> {
    const folder = `projects/${workspace.name(name)}`;
    await workspace.write(`${folder}/docker-compose.yml`, stringify({ services: { web: web(), ...more } }));
    await workspace.write(
      `${folder}/ingress.yml`,
      stringify({ ingress: [{ domain: `${name}.localhost`, ...row }] }),
    );
  }

  async function container(name: string): Promise<string> {
    const [found] = await containersOf(workspace.name(name));
    return found?.id ?? '';
  }

  const json = async <T>(...args: string[]): Promise<T> =>
    JSON.parse((await workspace.itsup([...args, '--json'], { timeoutMs: 60_000 })).stdout) as T;

  it.each<[string, string, Verdicts]>([
    ['serves', 'well', GOOD],
    ['has stopped', 'stopped', BAD],
    ['is unhealthy', 'sick', BAD],
    ['has lost its container', 'removed', BAD],
    ['answers with 502', 'port', BAD],
    ['was never deployed', 'new', BAD],
    ['has a row to a service whose profile is off', 'profile', BAD],
  ])('agree on a project that %s', async (_, name, expected) => {
    const stack = workspace.name(name);
    const url = `https://${name}.localhost:${workspace.ports.webSecure}`;
    const [explained, statuses, findings, plan] = await Promise.all([
      json<Explained>('explain', url),
      json<Status[]>('status'),
      json<Finding[]>('doctor'),
      json<Plan>('plan', stack),
    ]);
    const told = findings.filter(
      ({ severity, message }) => ['error', 'warning'].includes(severity) && message.includes(stack),
    );
    const wrong = explained.running.findings.filter(({ severity }) => severity === 'error');
    const planned = plan.stacks.find((one) => one.stack === stack);
    const verdicts: Verdicts = {
      explain: wrong.length === 0,
      status: statuses.find((one) => one.stack === stack)?.state === 'running',
      doctor: told.length === 0,
      plan:
        planned?.unchanged === true &&
        planned.notes.length === 0 &&
        plan.problems.every(({ project }) => project !== stack),
    };
    expect({ name, ...verdicts }).toEqual({ name, ...expected });
    // In the same words, where both look at what runs.
    if (name === 'port') return;
    for (const { message } of wrong)
      expect(told.map((finding) => finding.message).join('\n')).toContain(message);
  });

  it('and the topology draw the same', async () => {
    const file = succeeded(await workspace.itsup(['topology'], { timeoutMs: 60_000 })).stdout.trim();
    const page = await readFile(file, 'utf8');
    const drawn = (name: string): string =>
      new RegExp(`<section [^>]*data-group="${workspace.name(name)}"[^]*?</section>`).exec(page)?.[0] ?? '';
    expect(page).toMatch(/as it ran at \d{4}-/);
    expect(drawn('well')).toContain('<span class="health well">healthy</span>');
    expect(drawn('sick')).toContain('<span class="health ill">unhealthy</span>');
    for (const name of ['stopped', 'removed'])
      expect(drawn(name)).toContain('<span class="health ill">does not run</span>');
    for (const name of ['sick', 'stopped', 'port']) expect(drawn(name)).toContain('<p class="problem">');
    expect(drawn('well')).not.toContain('<p class="problem">');
  }, 90_000);

  it('say the same of the host when the proxy is down', async () => {
    succeeded(await workspace.itsup(['down', 'proxy']));
    const url = `https://well.localhost:${workspace.ports.webSecure}`;
    const explained = await json<Explained>('explain', url);
    const findings = await json<Finding[]>('doctor');
    const [message] = explained.running.findings.map((finding) => finding.message);
    expect(message).toMatch(/does not run/);
    expect(findings.map((finding) => finding.message)).toContain(message);
  });
});
