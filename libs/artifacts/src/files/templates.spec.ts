import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileTemplates, loadTemplates, TEMPLATE_NAMES, type TemplateName } from './templates';
import { originLine, originOf } from './shipped-templates';
import { shippedTemplates, WORKSPACE } from '../testing/build';
import { temporaryFolder } from '../testing/temporary-folder';

const root = temporaryFolder();
const only = (source: string) =>
  compileTemplates(
    Object.fromEntries(TEMPLATE_NAMES.map((name) => [name, source])) as Record<TemplateName, string>,
  );

function shipped(): void {
  mkdirSync(join(root(), 'templates'));
  cpSync(join(WORKSPACE, 'templates'), join(root(), 'templates'), { recursive: true });
}

test('reads the templates that ship', async () => {
  shipped();
  const templates = await loadTemplates(root());
  expect(templates.render('proxy/Corefile', { resolvers: ['9.9.9.9'] })).toBe(
    shippedTemplates().render('proxy/Corefile', { resolvers: ['9.9.9.9'] }),
  );
});

test('a line with a statement alone leaves nothing, a line with a value keeps its break', () => {
  const templates = only(
    'a:\n  <% for (const x of it.xs) { %>\n  - <%= x %>\n<% } %>\nend <% if (it.xs) { %>here<% } %>\n',
  );
  expect(templates.render('proxy/Corefile', { xs: [1, 2] })).toBe('a:\n  - 1\n  - 2\nend here\n');
});

test('takes what ships for every template that the workspace has not, file by file', async () => {
  mkdirSync(join(root(), 'templates/proxy'), { recursive: true });
  writeFileSync(join(root(), 'templates/proxy/Corefile.eta'), 'mine\n');
  const templates = await loadTemplates(root());
  expect(templates.render('proxy/Corefile', {})).toBe('mine\n');
  const manifest = 'proxy/client-address.manifest.yml';
  const data = { text: String };
  expect(templates.render(manifest, data)).toBe(shippedTemplates().render(manifest, data));
});

test('the first line of a copy that says where it is from is no part of it', async () => {
  mkdirSync(join(root(), 'templates/proxy'), { recursive: true });
  const origin = { name: 'proxy/Corefile', version: '1.2.3', digest: '0123456789abcdef' };
  const text = `${originLine(origin)}mine\n`;
  writeFileSync(join(root(), 'templates/proxy/Corefile.eta'), text);
  expect(originOf(text)).toEqual(origin);
  expect(originOf('mine\n')).toBeNull();
  expect((await loadTemplates(root())).render('proxy/Corefile', {})).toBe('mine\n');
});

test('names every template that cannot be read', async () => {
  for (const name of ['proxy/Corefile', 'upstream/docker-compose.yml'])
    mkdirSync(join(root(), `templates/${name}.eta`), { recursive: true });
  await expect(loadTemplates(root())).rejects.toMatchObject({
    problems: [
      { message: expect.stringContaining('templates/proxy/Corefile.eta') as unknown },
      { message: expect.stringContaining('templates/upstream/docker-compose.yml.eta') as unknown },
    ],
  });
});

test('names a template that does not compile, and what fails while it renders', async () => {
  shipped();
  writeFileSync(join(root(), 'templates/proxy/Corefile.eta'), '<% for ( %>\n');
  await expect(loadTemplates(root())).rejects.toThrow('templates/proxy/Corefile.eta does not compile');
  writeFileSync(join(root(), 'templates/proxy/Corefile.eta'), '<%= it.nothing.here %>\n');
  const templates = await loadTemplates(root());
  expect(() => templates.render('proxy/Corefile', {})).toThrow(
    'templates/proxy/Corefile.eta fails: Cannot read',
  );
});
