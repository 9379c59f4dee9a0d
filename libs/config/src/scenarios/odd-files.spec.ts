import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readWorkspace, type Problem } from '../index';

const WEB = 'services:\n  web:\n    image: busybox\n';
const ROW = 'ingress:\n  - service: web\n    domain: app.example.com\n';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'odd-files-'));
  write('projects/app/docker-compose.yml', WEB);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string | Buffer): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

async function problems(): Promise<Problem[]> {
  return (await readWorkspace(root)).problems;
}

function placed({ code, severity, place }: Problem): string {
  return `${severity} ${code} ${place?.file ?? ''}:${place?.line ?? 0}:${place?.column ?? 0}`;
}

describe('a file of another encoding than UTF-8', () => {
  test.each(['projects/app/docker-compose.yml', 'projects/app/ingress.yml', 'projects/middlewares.yml'])(
    '%s is refused at the character, and only there',
    async (file) => {
      write(file, Buffer.from('# caf\u00e9\nx-a: [b]\n', 'latin1'));
      expect((await problems()).map(placed)).toEqual([`error not-utf-8 ${file}:1:6`]);
    },
  );

  test('the character that stands for a broken one is one like any other', async () => {
    write('projects/app/ingress.yml', `# \ufffd\n${ROW}`);
    expect(await problems()).toEqual([]);
    const broken = Buffer.concat([Buffer.from('\ufeff# \ufffd '), Buffer.from([0xff, 0x0a])]);
    write('projects/app/ingress.yml', broken);
    expect((await problems()).map(placed)).toEqual(['error not-utf-8 projects/app/ingress.yml:1:5']);
  });

  test('UTF-16 is called by its name', async () => {
    write('projects/app/ingress.yml', Buffer.from(`\ufeff${ROW}`, 'utf16le'));
    const [problem, ...others] = await problems();
    expect(others).toEqual([]);
    expect(problem?.message).toContain('UTF-16');
    expect(problem?.help).toContain('iconv -f utf-16 -t utf-8');
  });

  test('nothing is quoted of it', async () => {
    write('projects/app/ingress.yml', Buffer.from('# secret \u00e9\n', 'latin1'));
    expect(JSON.stringify(await problems())).not.toContain('secret');
  });
});

describe('a file whose name is only near one that is read', () => {
  test('is told, in a project and beside the projects', async () => {
    write('projects/app/ingress.yaml', ROW);
    write('projects/itsup.yaml', 'traefik: {}\n');
    expect((await problems()).map(placed)).toEqual([
      'warning misnamed-file projects/itsup.yaml:1:1',
      'warning misnamed-file projects/app/ingress.yaml:1:1',
    ]);
  });

  test('is read where another file names it', async () => {
    write('projects/app/docker-compose.yml', `include: [compose.overrides.yml]\n${WEB}`);
    write('projects/app/compose.overrides.yml', 'services: {db: {image: busybox}}\n');
    expect(await problems()).toEqual([]);
  });

  test('is named where a folder has nothing else', async () => {
    write('projects/other/Docker-Compose.yml', WEB);
    expect(await problems()).toMatchObject([
      { code: 'not-a-project', message: expect.stringContaining('`Docker-Compose.yml` is probably to be') },
    ]);
  });
});

test('a link to what is not there says where it leads', async () => {
  symlinkSync('../shared/ingress.yml', join(root, 'projects/app/ingress.yml'));
  const [problem, ...rest] = await problems();
  expect(rest).toEqual([]);
  expect(problem?.message).toBe(
    '`projects/app/ingress.yml` is a symbolic link to what is not there: ../shared/ingress.yml',
  );
});

test('an ingress file without anything is told, for it takes every route away', async () => {
  write('projects/app/ingress.yml', '');
  expect((await problems()).map(placed)).toEqual(['warning empty-file projects/app/ingress.yml:1:1']);
  write('projects/app/ingress.yml', '# no routes yet\n');
  expect(await problems()).toEqual([]);
});
