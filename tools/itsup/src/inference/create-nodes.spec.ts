import { minimatch } from 'minimatch';
import type { CreateNodesContext, ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import { recordBuild } from '../build/record-build';
import { temporaryFolder, writeFiles } from '../testing/temporary-folder';
import { createNodes } from './create-nodes';

const PACKAGES = {
  'nx.json': '{}',
  'package.json': '{"name": "root", "workspaces": ["libs/*", "tools/*", "e2e"]}',
  'libs/config/package.json': '{"name": "@itsup/config"}',
  'tools/itsup/package.json': '{"name": "itsup", "nx": {"name": "@itsup/plugin"}}',
  'tools/itsup/dist/index.js': '',
  'e2e/package.json': '{"name": "e2e"}',
};

const SITE = {
  'projects/site/docker-compose.yml': 'services:\n  web:\n    image: nginx\n',
  'projects/site/ingress.yml': 'ingress:\n  - service: web\n    domain: a.example\n',
};

type Project = Omit<ProjectConfiguration, 'root'>;

/** What Nx is told of a workspace with these files, by project root. */
async function infer(
  files: Record<string, string>,
  root = temporaryFolder(),
): Promise<Record<string, Project>> {
  writeFiles(root, { ...PACKAGES, ...files });
  recordBuild(root);
  return inferIn(
    root,
    Object.keys({ ...PACKAGES, ...files }).filter((file) => file !== 'nx.json'),
  );
}

async function inferIn(root: string, files: string[], options?: unknown): Promise<Record<string, Project>> {
  const [, infer] = createNodes;
  const context: CreateNodesContext = { nxJsonConfiguration: {}, workspaceRoot: root };
  const matched = files.filter((file) => minimatch(file, createNodes[0], { dot: true }));
  const nodes = await infer(['nx.json', ...matched], options, context);
  return Object.fromEntries(nodes.flatMap(([, { projects }]) => Object.entries(projects ?? {})));
}

function target(project: Project | undefined, name: string): TargetConfiguration {
  const found = project?.targets?.[name];
  if (found === undefined) {
    throw new Error(`no target ${name}`);
  }
  return found;
}

describe('createNodes', () => {
  it('makes a project of each folder and one of the proxy', async () => {
    const projects = await infer({ ...SITE, 'projects/nas/ingress.yml': 'host: 192.168.1.10\n' });
    expect(Object.keys(projects).sort()).toEqual(['projects/nas', 'projects/site', 'proxy']);
    expect(projects['projects/site']?.name).toBe('site');
    expect(projects['proxy']?.name).toBe('proxy');
  });

  it('gives every target a description, technologies and an example', async () => {
    const { 'projects/site': site, proxy } = await infer(SITE);
    for (const project of [site, proxy]) {
      const targets = Object.values(project?.targets ?? {});
      expect(targets).toHaveLength(9);
      for (const { metadata } of targets) {
        expect(metadata?.description).toMatch(/\S/);
        expect(metadata?.technologies).toContain('compose');
        expect(metadata?.help?.command).toContain('npx nx run');
        expect(metadata?.help?.example).toBeDefined();
      }
    }
  });

  it('caches what only files decide, and never a deploy', async () => {
    const { 'projects/site': site } = await infer(SITE);
    const cached = Object.entries(site?.targets ?? {}).filter(([, { cache }]) => cache === true);
    expect(cached.map(([name]) => name).sort()).toEqual(['generate', 'validate']);
  });

  it('names single files as outputs: a restore would delete everything else in a folder', async () => {
    const { 'projects/site': site, proxy } = await infer(SITE);
    expect(target(site, 'generate').outputs).toEqual([
      '{workspaceRoot}/upstream/site/docker-compose.yml',
      '{workspaceRoot}/upstream/site/docker-compose.ingress.yml',
    ]);
    for (const output of target(proxy, 'generate').outputs ?? []) {
      expect(output).toMatch(/^\{workspaceRoot\}\/proxy\/.+\w$/);
      expect(output).not.toContain('*');
    }
  });

  it('gives an external project no artifact', async () => {
    const { 'projects/nas': nas } = await infer({ 'projects/nas/ingress.yml': 'host: 192.168.1.10\n' });
    expect(target(nas, 'generate').outputs).toEqual([]);
  });

  it('orders validate after generate, deploy after validate and the providers', async () => {
    const { 'projects/site': site, proxy } = await infer(SITE);
    expect(target(site, 'validate').dependsOn).toEqual(['generate']);
    expect(target(site, 'deploy').dependsOn).toEqual(['validate', '^deploy']);
    // Two projects in conflict fail its validate, and must not keep everybody else from being served.
    expect(target(proxy, 'deploy').dependsOn).toEqual(['generate', '^deploy']);
  });

  it('lets the proxy follow ingress files, but no Compose file: that would select it for every edit', async () => {
    const { proxy } = await infer(SITE);
    const inputs = Object.values(proxy?.targets ?? {}).flatMap(({ inputs: each }) => each ?? []);
    const patterns = inputs.filter((input) => typeof input === 'string');
    expect(patterns).toContain('{workspaceRoot}/projects/*/{ingress.yml,itsup-project.yml}');
    expect(patterns.filter((pattern) => /compose/.test(pattern))).toEqual([]);
    const model = { input: 'model', projects: ['site'] };
    expect(target(proxy, 'validate').inputs).toContainEqual(model);
    // An error in a Compose file keeps the project's routes out of the proxy's files until it is mended.
    expect(target(proxy, 'generate').inputs).toContainEqual(model);
  });

  it('takes what a Compose file names outside its folder as an input', async () => {
    const { 'projects/site': site } = await infer({
      'projects/site/docker-compose.yml': 'services:\n  web:\n    build: ../../shared/web\n',
    });
    expect(site?.namedInputs?.stack).toContain('{workspaceRoot}/shared/web/**/*');
  });

  it('leaves a hidden folder alone', async () => {
    const projects = await infer({ ...SITE, 'projects/.old/docker-compose.yml': 'services: {}' });
    expect(Object.keys(projects).sort()).toEqual(['projects/site', 'proxy']);
  });

  it('takes a folder called itsup like any other', async () => {
    const projects = await infer({ 'projects/itsup/docker-compose.yml': 'services: {}' });
    expect(projects['projects/itsup']?.name).toBe('itsup');
    expect(target(projects['projects/itsup'], 'deploy').options).toMatchObject({ stack: 'itsup' });
  });

  it('infers a folder under another name that a package has, and its stack keeps the folder’s', async () => {
    const projects = await infer({ 'projects/e2e/docker-compose.yml': 'services: {}' });
    expect(projects['projects/e2e']?.name).toBe('projects/e2e');
    const { options } = target(projects['projects/e2e'], 'deploy');
    expect(options).toMatchObject({ stack: 'e2e' });
    expect(options).not.toHaveProperty('refusal');
  });

  it('lets a verdict follow the providers’ files where there is an edge', async () => {
    const { 'projects/site': site } = await infer({
      'projects/site/docker-compose.yml': 'services: {}',
      'projects/site/ingress.yml': 'egress: ["db:sql", "gone:x", "site:web"]\n',
      'projects/db/docker-compose.yml': 'services: {}',
    });
    expect(target(site, 'validate').inputs).toContainEqual({ input: 'model', projects: ['db'] });
    expect(target(site, 'generate').inputs).not.toContainEqual({ input: 'model', projects: ['db'] });
  });

  it.each([
    ['upstream by its ingress file', true, { 'projects/site/ingress.yml': 'paths: upstream\n' }],
    ['upstream by itsup.yml', true, { 'projects/itsup.yml': 'dns: {}\npaths: "upstream" # as before\n' }],
    [
      'source by its ingress file',
      false,
      { 'projects/itsup.yml': 'paths: upstream\n', 'projects/site/ingress.yml': 'paths: source\n' },
    ],
    ['source', false, {}],
  ])('runs generate each time where files/ are mirrored: paths are %s', async (_, mirrors, files) => {
    const compose = { 'projects/site/docker-compose.yml': 'services: {}' };
    const { 'projects/site': plain } = await infer({ ...compose, ...files });
    expect(target(plain, 'generate').cache).toBe(true);
    const { 'projects/site': site } = await infer({ ...compose, ...files, 'projects/site/files/a': '' });
    expect(target(site, 'generate').cache).toBe(!mirrors);
  });

  it.each(['proxy', 'traefik', 'dns'])(
    'infers a folder named %s under another name, with targets that tell why they fail',
    async (name) => {
      const file = `projects/${name}/docker-compose.yml`;
      const projects = await infer({ ...SITE, [file]: 'services: {}' });
      const taken = projects[`projects/${name}`];
      expect(taken?.name).toBe(`projects/${name}`);
      for (const { options } of Object.values(taken?.targets ?? {})) {
        expect(options.refusal).toContain(`projects/${name}`);
      }
      expect(target(projects['projects/site'], 'deploy').options.refusal).toBeUndefined();
    },
  );

  it.each([
    ['not YAML', '{{ nonsense: ['],
    ['empty', ''],
    ['of another shape', '- 1\n- 2\n'],
    ['binary', '\0\u0001\0'],
  ])('infers a project whose files are %s like any other', async (_, text) => {
    const projects = await infer({
      ...SITE,
      'projects/broken/docker-compose.yml': text,
      'projects/broken/ingress.yml': text,
    });
    expect(projects['projects/broken']?.name).toBe('broken');
    expect(projects['projects/site']?.name).toBe('site');
  });

  it('fails every target of a stale build with the cure', async () => {
    const root = temporaryFolder();
    await infer({ ...SITE, 'libs/config/src/index.ts': 'export const a = 1;' }, root);
    writeFiles(root, { 'libs/config/src/index.ts': 'export const a = 2;' });
    const { 'projects/site': site, proxy } = await inferIn(root, Object.keys(SITE));
    expect(target(site, 'generate').options.refusal).toContain('npm run build');
    expect(target(proxy, 'deploy').options.refusal).toContain('npm run build');
  });

  it('puts the digest of the compiled code into the options, so that another build is another cache entry', async () => {
    const root = temporaryFolder();
    const before = await infer({ ...SITE, 'libs/config/dist/index.js': '1' }, root);
    const after = await infer({ ...SITE, 'libs/config/dist/index.js': '2' }, root);
    const digest = (projects: Record<string, Project>) =>
      target(projects['projects/site'], 'generate').options.digest;
    expect(digest(after)).not.toBe(digest(before));
  });

  it('refuses to go on when Nx sees a configuration in projects/: it would run what that says', async () => {
    const told = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const file = 'projects/site/deep/project.json';
    await expect(infer({ ...SITE, [file]: '{}' })).rejects.toThrow(file);
    expect(told).toHaveBeenCalledWith(expect.stringContaining('.nxignore'));
    told.mockRestore();
  });

  it('gives a project whose configuration is hidden another verdict than one without', async () => {
    const root = temporaryFolder();
    const before = await infer(SITE, root);
    writeFiles(root, { 'projects/site/project.json': '{}' });
    const { 'projects/site': site } = await inferIn(root, Object.keys(SITE));
    expect(target(site, 'validate').options).not.toEqual(target(before['projects/site'], 'validate').options);
  });

  it('fails the proxy when git ignores projects/', async () => {
    const root = temporaryFolder();
    await infer(SITE, root);
    const { proxy } = await inferIn(root, []);
    expect(target(proxy, 'validate').options.refusal).toContain('.gitignore');
  });
});

describe('createNodes in a workspace that is not the product’s own', () => {
  const HOST = {
    'package.json': '{"name": "shop", "workspaces": ["libs/*", "packages/*"]}',
    'libs/ui/package.json': '{"name": "ui"}',
    'libs/ui/src/index.ts': 'export {};',
  };

  /** What Nx is told, with no package of the product in the workspace. */
  function inferHost(files: Record<string, string>, options?: unknown): Promise<Record<string, Project>> {
    const root = temporaryFolder({ 'nx.json': '{}', ...HOST, ...files });
    return inferIn(root, Object.keys({ ...HOST, ...files }), options);
  }

  it('reads nothing of its libs/, there or not, and takes the package as what its version says', async () => {
    for (const files of [SITE, { ...SITE, 'libs/ui/src/index.ts': 'export const a = 1;' }]) {
      const { 'projects/site': site, proxy } = await inferHost(files);
      expect(target(site, 'generate').options).not.toHaveProperty('refusal');
      expect(target(proxy, 'deploy').options).not.toHaveProperty('refusal');
    }
    const bare = temporaryFolder({ 'nx.json': '{}', ...SITE });
    const { 'projects/site': alone } = await inferIn(bare, Object.keys(SITE));
    expect(target(alone, 'validate').options).not.toHaveProperty('refusal');
  });

  it('gives the proxy another name where a package or a project.json has its own', async () => {
    const cases: Record<string, string>[] = [
      { 'packages/proxy/package.json': '{"name": "proxy"}' },
      { 'apps/front/project.json': '{"name": "proxy"}' },
      { 'apps/proxy/project.json': '{}' },
      { 'pnpm-workspace.yaml': 'packages:\n  - apps/**\n', 'apps/a/b/package.json': '{"name": "proxy"}' },
    ];
    for (const taken of cases) {
      const projects = await inferHost({ ...SITE, ...taken });
      expect(projects['proxy']?.name).toBe('itsup-proxy');
    }
    const { proxy } = await inferHost({ ...SITE, 'elsewhere/proxy/package.json': '{"name": "proxy"}' });
    expect(proxy?.name).toBe('proxy');
  });

  it('says every target’s inputs: Nx refuses to hash the files of a folder that is not there yet', async () => {
    const { proxy } = await inferHost(SITE);
    for (const { inputs } of Object.values(proxy?.targets ?? {})) {
      expect(inputs).toBeDefined();
      expect(JSON.stringify(inputs)).not.toContain('projectRoot');
    }
  });

  it('takes names of package.json files in projects/ for nobody’s', async () => {
    const { 'projects/site': site } = await inferHost({
      ...SITE,
      'projects/site/package.json': '{"name": "site"}',
    });
    expect(site?.name).toBe('site');
  });

  it('gives a folder another name that a project.json elsewhere has', async () => {
    const { 'projects/site': site } = await inferHost({
      ...SITE,
      'apps/site/project.json': '{"name": "site"}',
    });
    expect(site?.name).toBe('projects/site');
  });

  it('infers below the directory of its options, under the names that they give', async () => {
    const files = Object.fromEntries(Object.entries(SITE).map(([path, text]) => [`infra/${path}`, text]));
    const options = {
      directory: 'infra',
      proxyName: 'edge',
      targets: { deploy: 'itsup-deploy', validate: 'check' },
    };
    const projects = await inferHost({ ...files, ...SITE }, options);
    expect(Object.keys(projects).sort()).toEqual(['infra/projects/site', 'infra/proxy']);
    expect(projects['infra/proxy']?.name).toBe('edge');
    const site = projects['infra/projects/site'];
    expect(target(site, 'itsup-deploy').dependsOn).toEqual(['check', '^itsup-deploy']);
    expect(target(site, 'itsup-deploy').options).toMatchObject({
      stack: 'site',
      step: 'deploy',
      directory: 'infra',
    });
    expect(target(site, 'generate').outputs).toContain(
      '{workspaceRoot}/infra/upstream/site/docker-compose.yml',
    );
    expect(site?.targets).not.toHaveProperty('deploy');
  });

  it.each([
    ['an option that there is not', { folder: 'infra' }],
    ['a directory outside', { directory: '../infra' }],
    ['a target that there is not', { targets: { deplo: 'x' } }],
    ['two targets of one name', { targets: { deploy: 'x', plan: 'x' } }],
  ])('fails the targets, and no command of Nx, for %s', async (_, options) => {
    const { 'projects/site': site } = await inferHost(SITE, options);
    expect(site?.targets?.['generate']?.options).toMatchObject({
      refusal: expect.stringContaining('nx.json') as unknown,
    });
  });

  it('names its files without braces in braces, which Nx 22 cannot read', () => {
    expect(createNodes[0]).not.toMatch(/\{[^}]*\{/);
  });
});
