import { initWorkspace, type InitRequest } from './init-workspace';

const SETTINGS = '# yaml-language-server: $schema=../node_modules/itsup/schemas/itsup.schema.json\n';

function init(files: Record<string, string>, directory?: string): Record<string, string> {
  const request: InitRequest = {
    read: (file) => files[file] ?? null,
    list: (folder) => Object.keys(files).filter((file) => file.startsWith(`${folder}/`)),
    settings: SETTINGS,
    directory,
  };
  return { ...files, ...Object.fromEntries(initWorkspace(request).files) };
}

const HOST = {
  'nx.json': '{"plugins": ["@nx/js"], "targetDefaults": {"deploy": {"cache": true}}, "other": [1]}',
  'package.json': '{"workspaces": ["packages/*"]}',
  'packages/proxy/package.json': '{"name": "proxy"}',
  '.gitignore': 'dist',
};

it('is plain in a workspace of nothing else', () => {
  const files = init({ 'nx.json': '{}', 'package.json': '{}' });
  expect(JSON.parse(files['nx.json'] ?? '')).toEqual({ plugins: ['itsup'] });
  expect(files['projects/itsup.yml']).toBe(SETTINGS);
  expect(files['.nxignore']).toBe('projects/**/project.json\n');
  expect(files['.gitignore']).toContain('/secrets/*\n!/secrets/README.md\n');
});

it('takes a folder and names of its own where others live, and leaves what is theirs', () => {
  const files = init(HOST);
  expect(JSON.parse(files['nx.json'] ?? '')).toMatchObject({
    plugins: [
      '@nx/js',
      {
        plugin: 'itsup',
        options: { directory: 'infra', proxyName: 'itsup-proxy', targets: { deploy: 'itsup-deploy' } },
      },
    ],
    targetDefaults: { deploy: { cache: true } },
    other: [1],
  });
  expect(files['infra/projects/itsup.yml']).toContain('$schema=../../node_modules/');
  expect(files['.gitignore']).toMatch(/^dist\n\/infra\/upstream/);
  expect(files['.nxignore']).toBe('infra/projects/**/project.json\n');
  expect(Object.keys(HOST).filter((file) => !(file in files))).toEqual([]);
});

it('changes nothing when it is done again', () => {
  const starts: Record<string, string>[] = [
    HOST,
    { 'nx.json': '{}' },
    { 'nx.json': '{}', 'projects/website/index.html': '' },
  ];
  for (const start of starts) {
    const once = init(start);
    expect(init(once)).toEqual(once);
  }
});

it('takes the directory that it is told, and refuses a second one', () => {
  const files = init(HOST, 'servers/home');
  expect(files['servers/home/projects/itsup.yml']).toContain('$schema=../../../node_modules/');
  expect(() => init(files, 'elsewhere')).toThrow('servers/home');
  expect(() => init({ 'nx.json': '{}' }, '../up')).toThrow('directory');
  expect(() => init({ 'nx.json': 'no' })).toThrow('nx.json is no JSON');
});
