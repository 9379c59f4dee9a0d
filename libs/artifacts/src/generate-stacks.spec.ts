import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generateStacks, type GenerateOutcome } from './generate-stacks';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'itsup-generate-'));
  cpSync(join(__dirname, '../../../templates'), join(root, 'templates'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function site(name: string, domain = `${name}.example`): Record<string, string> {
  return {
    [`projects/${name}/docker-compose.yml`]: 'services:\n  web:\n    image: nginx\n',
    [`projects/${name}/ingress.yml`]: `ingress:\n  - service: web\n    domain: ${domain}\n`,
  };
}

async function generate(...stacks: string[]): Promise<Map<string, GenerateOutcome>> {
  const outcomes = new Map<string, GenerateOutcome>();
  await generateStacks(root, stacks, (outcome) => outcomes.set(outcome.stack, outcome));
  return outcomes;
}

const errors = (outcome: GenerateOutcome | undefined) =>
  (outcome?.problems ?? []).filter(({ severity }) => severity === 'error');

describe('generateStacks', () => {
  it('writes the artifacts of the stacks that were asked for, and touches nothing the second time', async () => {
    write({ ...site('a'), ...site('b') });
    const first = await generate('a', 'proxy');
    expect([...first.keys()].sort()).toEqual(['a', 'proxy']);
    expect(first.get('a')?.written).toContain('upstream/a/docker-compose.yml');
    expect(existsSync(join(root, 'upstream/b'))).toBe(false);
    const file = join(root, 'upstream/a/docker-compose.ingress.yml');
    const before = statSync(file);
    const second = await generate('a', 'proxy');
    expect(second.get('a')?.written).toEqual([]);
    expect(second.get('proxy')?.written).toEqual([]);
    expect(statSync(file).ino).toBe(before.ino);
  });

  it('makes the same of what was parsed before as of the files', async () => {
    write({ ...site('a'), ...site('b') });
    mkdirSync(join(root, 'node_modules'));
    const artifact = () => readFileSync(join(root, 'upstream/a/docker-compose.ingress.yml'), 'utf8');
    await generate('a', 'b', 'proxy');
    const first = artifact();
    const kept = join(root, 'node_modules/.cache/itsup/parsed.json');
    writeFileSync(kept, readFileSync(kept, 'utf8').replaceAll('a.example', 'kept.example'));
    await generate('a', 'b', 'proxy');
    expect(artifact()).toBe(first.replaceAll('a.example', 'kept.example'));
    write(site('a', 'other.example'));
    await generate('a', 'b', 'proxy');
    expect(artifact()).toBe(first.replaceAll('a.example', 'other.example'));
  });

  it('fails a broken project alone and leaves its artifacts as they were', async () => {
    write({ ...site('a'), ...site('b') });
    await generate('a', 'b', 'proxy');
    const file = join(root, 'upstream/b/docker-compose.ingress.yml');
    const before = readFileSync(file, 'utf8');
    write({ 'projects/b/ingress.yml': 'ingress:\n  - service: nope\n    domain: c.example\n' });
    const outcomes = await generate('a', 'b', 'proxy');
    expect(errors(outcomes.get('a'))).toEqual([]);
    expect(errors(outcomes.get('b'))).not.toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('says in one warning which projects are broken', async () => {
    write({ ...site('a'), ...site('b', 'not a name'), ...site('c', '-'), ...site('d', '!') });
    const problems = (await generate('proxy')).get('proxy')?.problems;
    expect(problems?.map(({ message }) => message)).toEqual([
      "projects/b, projects/c and projects/d have errors, so the proxy's files hold none of their routes",
    ]);
  });

  it('leaves a broken project out of the files of the proxy, and says so', async () => {
    write({
      'projects/nas/ingress.yml': 'host: 192.168.1.10\ningress:\n  - domain: nas.example\n    port: 80\n',
    });
    write({ 'projects/b/ingress.yml': 'host: 192.168.1.11\ningress:\n  - domian: b.example\n' });
    const proxy = (await generate('proxy')).get('proxy');
    expect(errors(proxy)).toEqual([]);
    expect(proxy?.problems).toContainEqual(
      expect.objectContaining({ severity: 'warning', message: expect.stringContaining('projects/b') }),
    );
    const routers = readFileSync(join(root, 'proxy/traefik/dynamic/routers-http.yml'), 'utf8');
    expect(routers).toContain('nas.example');
    expect(routers).not.toContain('b.example');
  });

  it('writes the files of the proxy while two projects claim the same, and says so', async () => {
    write({ ...site('a', 'same.example'), ...site('b', 'same.example') });
    const outcomes = await generate('a', 'b', 'proxy');
    expect(errors(outcomes.get('proxy'))).toEqual([]);
    expect(outcomes.get('proxy')?.problems).toMatchObject([{ code: 'route-conflict', severity: 'warning' }]);
    expect(existsSync(join(root, 'proxy/docker-compose.yml'))).toBe(true);
    expect(outcomes.get('a')?.written).not.toEqual([]);
  });

  it('fails every stack for a mistake in the settings', async () => {
    write({ ...site('a'), 'projects/itsup.yml': 'traefik:\n  domian: x\n' });
    const outcomes = await generate('a', 'proxy');
    expect(errors(outcomes.get('a'))).not.toEqual([]);
    expect(errors(outcomes.get('proxy'))).not.toEqual([]);
    expect(existsSync(join(root, 'upstream'))).toBe(false);
  });
});
