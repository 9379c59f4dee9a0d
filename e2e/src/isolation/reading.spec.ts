import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { describeOnOwnEngine } from '../harness/engine/describe-with';
import { containersOf } from '../harness/engine/engine';
import { BUSYBOX } from '../harness/engine/images';
import { output, succeeded, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

jest.setTimeout(600_000);

const SECRET = 'victim-secret-S3CR3T';
/** What hung or was killed for want of memory ends within this. */
const IN_TIME = { timeoutMs: 150_000 };

const web = (more = ''): string =>
  `services:\n  web:\n    image: ${BUSYBOX}\n    init: true\n    command: [sleep, "600"]\n    stop_grace_period: 1s\n${more}`;

/** Two tenants of one workspace: `victim`, whose secrets are wanted, and `evil`, whose files are the attack. */
describeOnOwnEngine([BUSYBOX], 'a project that names what is not its own', () => {
  let workspace: TestWorkspace;
  let evil: string;
  let victim: string;

  beforeAll(async () => {
    workspace = await createWorkspace();
    evil = workspace.name('evil');
    victim = workspace.name('victim');
    await workspace.write(`projects/${victim}/docker-compose.yml`, web());
    await workspace.write(`secrets/${victim}.env`, `DATABASE_PASSWORD='${SECRET}'\n`);
  });
  beforeEach(async () => {
    rmSync(join(workspace.root, 'projects', evil), { recursive: true, force: true });
    rmSync(marker(), { force: true });
    await attack(web());
  });
  afterAll(() => workspace.dispose());

  const marker = (): string => join(workspace.state, '..', `${evil}.ran`);
  const inEvil = (file: string): string => join(workspace.root, 'projects', evil, file);
  const attack = (compose: string): Promise<void> =>
    workspace.write(`projects/${evil}/docker-compose.yml`, compose.replaceAll('VICTIM', victim));
  const link = (file: string, target: string): void => {
    rmSync(inEvil(file), { force: true });
    mkdirSync(dirname(inEvil(file)), { recursive: true });
    symlinkSync(target.replaceAll('VICTIM', victim), inEvil(file));
  };

  /** Refused for evil alone, at this place, by all of these commands, and nothing of the secret is said or kept. */
  async function expectRefused(place: string, commands: string[] = ['plan']): Promise<void> {
    for (const command of commands) {
      const { exitCode, all } = await workspace.itsup([command], IN_TIME);
      expect(all).toContain(`projects/${evil}/${place}`);
      expect(all).toMatch(/secrets|cannot be read/);
      expect(all).toContain(victim);
      expect(all).not.toContain(SECRET);
      expect(exitCode).toBe(1);
    }
    const kept = await readFile(join(workspace.root, 'node_modules/.cache/itsup/parsed.json'), 'utf8');
    expect(kept).not.toContain(SECRET);
  }

  describe('gets nothing of another project’s secrets', () => {
    it('by a link in the place of its own file', async () => {
      link('ingress.yml', '../../secrets/VICTIM.env');
      await expectRefused('ingress.yml', ['validate', 'plan']);
    });

    it.each([
      ['extends', web('    extends: {file: ../../secrets/VICTIM.env, service: web}\n'), 7],
      ['include', `include: [../../secrets/VICTIM.env]\n${web()}`, 1],
      ['include with a variable', 'include: ["${X:-../../secrets}/VICTIM.env"]\n' + web(), 1],
      ['env_file', web('    env_file: [../../secrets/VICTIM.env]\n'), 7],
      ['env_file with a variable', web('    env_file: ["${X:-../../secrets}/VICTIM.env"]\n'), 7],
      ['volumes', web('    volumes: [../../secrets:/s]\n'), 7],
      ['secrets', `${web()}secrets:\n  x: {file: ../../secrets/VICTIM.env}\n`, 8],
      ['build', web('    build: ../../secrets\n'), 7],
    ])('by %s', async (_, compose, line) => {
      await attack(compose);
      await expectRefused(`docker-compose.yml:${line}`);
    });

    it('by a link that Compose would follow', async () => {
      link('.env', '../../secrets/VICTIM.env');
      link('a.env', '../../secrets/VICTIM.env');
      await attack(web('    env_file: a.env\n    environment: {K: "${DATABASE_PASSWORD}"}\n'));
      await expectRefused('docker-compose.yml:7', ['validate', 'plan']);
      const { all, exitCode } = await workspace.itsup(['svc', evil, 'config'], IN_TIME);
      expect(exitCode).not.toBe(0);
      expect(all).not.toContain(SECRET);
    });
  });

  it('gets no credential of the deploy, and is told at the line', async () => {
    await attack(web('    environment:\n      K: "${SOPS_AGE_KEY}"\n      G: "${GH_TOKEN:-}"\n'));
    const env = { SOPS_AGE_KEY: SECRET, GH_TOKEN: SECRET };
    for (const command of ['validate', 'plan', 'deploy']) {
      const { all, exitCode } = await workspace.itsup([command, evil], { env, ...IN_TIME });
      expect(all).toContain(`projects/${evil}/docker-compose.yml:8`);
      expect(all).toContain(`secrets/${evil}.env`);
      expect(all).not.toContain(SECRET);
      expect(exitCode).toBe(1);
    }
    expect(await containersOf(evil)).toEqual([]);
  });

  it('gets what its files name of the rest, its own secrets first', async () => {
    await workspace.write(`secrets/${evil}.env`, 'OWN_TOKEN=own\n');
    await attack(web('    environment:\n      - TAG\n      - T=${OWN_TOKEN}\n      - S=${UNNAMED:-none}\n'));
    const env = { TAG: 'v1', OWN_TOKEN: 'the deploy’s' };
    succeeded(await workspace.itsup(['deploy', evil], { env }));
    const [container] = await containersOf(evil);
    const shown = await output('docker', ['exec', container?.id ?? '', 'env']);
    expect(shown.split('\n')).toEqual(expect.arrayContaining(['TAG=v1', 'T=own', 'S=none']));
    rmSync(join(workspace.root, `secrets/${evil}.env`));
  });

  describe('runs nothing by a check', () => {
    const ORDERS = (): string =>
      JSON.stringify({ name: evil, targets: { validate: { command: `id > ${marker()}` } } });
    const ran = (): Promise<boolean> =>
      access(marker()).then(
        () => true,
        () => false,
      );

    async function expectNothingRan(validated: Run, file: string): Promise<void> {
      expect(await ran()).toBe(false);
      expect(validated.all).toContain(`projects/${evil}/${file}`);
      expect(validated.exitCode).not.toBe(0);
    }

    it.each([
      ['commands', ORDERS],
      ['another name', () => '{"name": "frontend"}'],
    ])('by a project.json with %s', async (_, text) => {
      succeeded(await workspace.itsup(['validate'], IN_TIME));
      writeFileSync(inEvil('project.json'), text());
      await expectNothingRan(await workspace.itsup(['validate'], IN_TIME), 'project.json');
      await expectNothingRan(await workspace.nx(['run-many', '-t', 'validate'], IN_TIME), 'project.json');
    });

    it('by a .nxignore that would show its project.json to Nx', async () => {
      mkdirSync(inEvil('deep'));
      writeFileSync(inEvil('deep/project.json'), ORDERS());
      writeFileSync(inEvil('deep/.nxignore'), '!project.json\n');
      await expectNothingRan(await workspace.itsup(['validate'], IN_TIME), 'deep/.nxignore');
      await expectNothingRan(
        await workspace.nx(['run-many', '-t', 'validate'], IN_TIME),
        'deep/project.json',
      );
    });

    it('where the workspace has no .nxignore', async () => {
      const text = await workspace.read('.nxignore');
      await workspace.remove('.nxignore');
      try {
        const doctor = await workspace.itsup(['doctor']);
        expect(doctor.all).toContain('projects/**/project.json');
        writeFileSync(inEvil('project.json'), ORDERS());
        await expectNothingRan(await workspace.itsup(['validate'], IN_TIME), 'project.json');
        await expectNothingRan(await workspace.nx(['run-many', '-t', 'validate'], IN_TIME), 'project.json');
      } finally {
        await workspace.write('.nxignore', text);
      }
    });
  });

  describe('holds nobody up', () => {
    it.each<[string, () => void]>([
      ['a pipe as .env', () => execFileSync('mkfifo', [inEvil('.env')])],
      ['a pipe as env_file', () => execFileSync('mkfifo', [inEvil('a.env')])],
      ['a link to a terminal as env_file', () => link('a.env', '/dev/ptmx')],
      ['a link to zeros as env_file', () => link('a.env', '/dev/zero')],
      ['a link to the kernel’s log', () => link('a.env', '/proc/kmsg')],
    ])('with %s', async (_, make) => {
      await attack(web('    env_file: [{path: a.env, required: false}]\n'));
      make();
      const { all, exitCode } = await workspace.itsup(['deploy', evil, victim], IN_TIME);
      expect(exitCode).toBe(1);
      expect(all).toMatch(/reading it might never end/);
      expect(await containersOf(victim)).toHaveLength(1);
    });

    it.each(['/dev/zero', '/dev/ptmx'])(
      'with a link to %s in a build context, which is a link',
      async (target) => {
        await attack(web('    build: ctx\n').replace(`image: ${BUSYBOX}`, `image: ${evil}:built`));
        link('ctx/link', target);
        // Docker's old builder, which Compose falls back to without buildx, takes two links for the same.
        writeFileSync(inEvil('ctx/Dockerfile'), `FROM ${BUSYBOX}\nLABEL to=${target}\nCOPY . /ctx/\n`);
        succeeded(await workspace.itsup(['plan'], IN_TIME));
        const validated = succeeded(await workspace.itsup(['validate'], IN_TIME));
        expect(validated.all).toContain(`projects/${evil}/ctx/link leads to ${target}`);
        succeeded(await workspace.itsup(['deploy', evil]));
        const [container] = await containersOf(evil);
        const shown = await output('docker', ['exec', container?.id ?? '', 'readlink', '/ctx/link']);
        expect(shown).toBe(target);
      },
    );
  });

  it('deploys a mounted file of 600 MB', async () => {
    await attack(web('    volumes: [./data.bin:/data.bin]\n'));
    writeFileSync(inEvil('data.bin'), '');
    truncateSync(inEvil('data.bin'), 600 * 1024 * 1024);
    succeeded(await workspace.itsup(['deploy', evil]));
    const before = await containersOf(evil);
    succeeded(await workspace.itsup(['deploy', evil]));
    expect((await containersOf(evil)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });

  it('is told which line of .dockerignore its builder would refuse', async () => {
    await attack(web('    build: ctx\n').replace(`image: ${BUSYBOX}`, `image: ${evil}:built`));
    mkdirSync(inEvil('ctx'));
    writeFileSync(inEvil('ctx/Dockerfile'), `FROM ${BUSYBOX}\n`);
    writeFileSync(inEvil('ctx/.dockerignore'), '\n[z-a]\n');
    const { all, exitCode } = await workspace.itsup(['plan', evil], IN_TIME);
    expect(all).toContain('.dockerignore:2');
    expect(all).not.toContain('SyntaxError');
    expect(exitCode).toBe(1);
  });
});
