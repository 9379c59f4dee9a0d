import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = join(__dirname, '../..');

interface Entry {
  implementation: string;
  batchImplementation?: string;
  preferBatch?: boolean;
  schema: string;
  description: string;
}

const { executors } = JSON.parse(readFileSync(join(PACKAGE, 'executors.json'), 'utf8')) as {
  executors: Record<string, Entry>;
};

describe('executors.json', () => {
  it.each(Object.entries(executors))('%s: compiled code with its extension, and a schema', (name, entry) => {
    // Without the extension Nx loads the TypeScript source next to it.
    expect(entry.implementation).toBe(`./dist/executors/${name}.js`);
    expect(existsSync(join(PACKAGE, `src/executors/${name}.ts`))).toBe(true);
    const schema = JSON.parse(readFileSync(join(PACKAGE, entry.schema), 'utf8')) as Record<string, unknown>;
    expect(schema).toMatchObject({ version: 2, description: entry.description });
    expect(schema.properties).toMatchObject({ stack: {}, digest: {}, refusal: {}, notes: {} });
  });

  it('runs what touches many stacks in batches', () => {
    const batched = Object.entries(executors).filter(([, entry]) => entry.preferBatch === true);
    expect(batched.map(([name]) => name).sort()).toEqual(['down', 'restart', 'stack', 'status']);
    batched.forEach(([name, entry]) =>
      expect(entry.batchImplementation).toBe(`./dist/executors/${name}.js#batch`),
    );
  });
});
