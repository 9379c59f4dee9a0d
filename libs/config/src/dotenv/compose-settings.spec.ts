import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { scanProject } from '../project/scan-project';
import { outline, readAt } from '../testing/fixtures';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'itsup-settings-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(root, 'projects/app', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const WEB = 'services: {web: {image: busybox}}\n';

describe('the .env of a project', () => {
  it('names the files, in their order, and the folder in which paths resolve', async () => {
    write({
      '.env': 'STAGE=prod\nCOMPOSE_FILE=stack/base.yml:stack/${STAGE}.yml\n',
      'docker-compose.yml': 'services: {never: {image: busybox}}\n',
      'stack/base.yml': 'services: {web: {image: busybox, volumes: ["./data:/data"]}}\n',
      'stack/prod.yml': 'services: {cron: {image: busybox}}\n',
    });
    const { project, problems } = await readAt(root, 'app');
    expect(problems).toEqual([]);
    expect(project.compose).toMatchObject({
      files: ['projects/app/stack/base.yml', 'projects/app/stack/prod.yml'],
      directory: 'projects/app/stack',
      projectName: 'stack',
      services: [{ name: 'cron' }, { name: 'web' }],
      binds: [{ path: 'projects/app/stack/data' }],
    });
  });

  it('names the project, before the file and the folder', async () => {
    write({ 'docker-compose.yml': `name: by-file\n${WEB}`, '.env': 'COMPOSE_PROJECT_NAME=by-env\n' });
    const { project } = await readAt(root, 'app');
    expect(project.compose).toMatchObject({
      projectName: 'by-env',
      projectNamePlace: { file: 'projects/app/.env', line: 1 },
    });
  });

  it.each([
    ['name: by-file\n', '', 'by-file'],
    ['', '', 'app'],
    ['name: "app-${STAGE}"\n', 'STAGE=Prod\n', 'app-prod'],
    ['name: "app-${STAGE:-dev}"\n', '', 'app-dev'],
    ['', 'COMPOSE_PROJECT_NAME=\n', 'app'],
  ])('with %j and %j it is called', async (name, dotenv, expected) => {
    write({ 'docker-compose.yml': `${name}${WEB}`, '.env': dotenv });
    expect((await readAt(root, 'app')).project.compose?.projectName).toBe(expected);
  });

  it('leaves a name to the deploy whose variable has no value', async () => {
    write({ 'docker-compose.yml': `name: app-\${STAGE}\n${WEB}` });
    const { project, problems } = await readAt(root, 'app');
    expect(project.compose).not.toHaveProperty('projectName');
    expect(outline(problems)).toEqual(['docker-compose.yml:1:7 unknown-project-name']);
  });

  it('activates profiles', async () => {
    write({ 'docker-compose.yml': WEB, '.env': 'COMPOSE_PROFILES=a,b\n' });
    expect((await readAt(root, 'app')).project.compose?.activeProfiles).toEqual(['a', 'b']);
  });

  it.each([
    ['A=1\nB="open\n', '.env:2:1 dotenv-malformed'],
    ['COMPOSE_PROJECT_NAME=No Name\n', '.env:1:1 invalid-name'],
    ['A=1\nCOMPOSE_FILE=\n', '.env:2:1 outside-workspace'],
    ['COMPOSE_FILE=../../../elsewhere.yml\n', '.env:1:1 outside-workspace'],
    ['COMPOSE_FILE=https://example.com/compose.yml\n', '.env:1:1 outside-workspace'],
    ['\nCOMPOSE_ENV_FILES=more.env\n', '.env:2:1 no-effect'],
  ])('is told where it is wrong: %j', async (dotenv, expected) => {
    write({ 'docker-compose.yml': WEB, '.env': dotenv });
    expect(outline((await readAt(root, 'app')).problems)).toContain(expected);
  });

  it('is part of what Nx hashes, though git ignores it', () => {
    write({ 'docker-compose.yml': WEB, '.env': 'SECRET=x\n' });
    expect(scanProject(root, 'app').composeSettings).toBeNull();
    write({ '.env': 'SECRET=x\nCOMPOSE_PROFILES=a\n' });
    const settings = scanProject(root, 'app').composeSettings;
    expect(settings).toContain('a');
    expect(settings).not.toContain('x');
  });
});
