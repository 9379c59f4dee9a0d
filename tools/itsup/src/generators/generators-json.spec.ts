import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASES, entryNames, readEntry } from '@itsup/scaffold';
import { generatorTree } from '../testing/generator-tree';
import { sourceTree } from './workspace-tree';

const PACKAGE = join(__dirname, '../..');
function json<Content = Record<string, unknown>>(file: string): Content {
  return JSON.parse(readFileSync(join(PACKAGE, file), 'utf8')) as Content;
}

interface Schema {
  description: string;
  properties: Record<string, { description?: string; enum?: string[] }>;
  examples: { command: string; description: string }[];
}

const { generators } = json<{
  generators: Record<string, { implementation: string; schema: string; description: string }>;
}>('generators.json');
const schemaOf = (name: string) => json<Schema>(generators[name]?.schema ?? '');

describe('generators.json', () => {
  it('is what Nx finds in the package', () => {
    expect(json('package.json')).toMatchObject({ generators: './generators.json' });
    expect(json('package.json')['exports']).toMatchObject({ './generators.json': './generators.json' });
  });

  it.each(Object.entries(generators))('%s: compiled code with its extension, and help', (name, entry) => {
    // Without the extension Nx loads the TypeScript source next to it.
    expect(entry.implementation).toBe(`./dist/generators/${name}.js`);
    expect(existsSync(join(PACKAGE, `src/generators/${name}.ts`))).toBe(true);
    // Nx takes any `project.json` for a project.
    expect(entry.schema).toBe(`./schemas/generators/${name}.schema.json`);
    const schema = schemaOf(name);
    expect(schema.description.startsWith(entry.description.split(':')[0] ?? '')).toBe(true);
    expect(schema.examples.length).toBeGreaterThan(1);
    for (const { command } of schema.examples) {
      expect(command).toMatch(new RegExp(`^nx g itsup:${name}\\b`));
      const flags = [...command.matchAll(/--([A-Za-z]+)/g)].map(([, flag]) => flag ?? '');
      const known = [...Object.keys(schema.properties), 'dry', 'run'];
      expect(known).toEqual(expect.arrayContaining(flags));
    }
    for (const property of Object.values(schema.properties)) expect(property.description).toMatch(/\.$/);
  });

  it('offers the options, the databases and the gallery that there are', () => {
    const tree = sourceTree(generatorTree());
    const { properties } = schemaOf('project');
    const gallery = entryNames(tree);
    const options = new Set(gallery.flatMap((name) => Object.keys(readEntry(tree, name).options)));
    expect(Object.keys(properties).sort()).toEqual([...options, 'gallery', 'name'].sort());
    expect(properties['database']?.enum).toEqual(['none', ...DATABASES]);
    const [, told = ''] = /: ([a-z0-9, -]+)\./.exec(properties['gallery']?.description ?? '') ?? [];
    expect(gallery).toEqual(expect.arrayContaining(told.split(', ')));
    expect(told.split(', ')).toHaveLength(19);
  });
});
