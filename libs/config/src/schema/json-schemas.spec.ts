import Ajv from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { jsonSchemas } from './json-schemas';
import { fixture } from '../testing/fixtures';

const FOLDER = join(__dirname, '../..', 'schemas');

/** Without its package of formats, Ajv knows none. */
const AJV = { allowUnionTypes: true, formats: { email: true } } as const;

interface Schema {
  description?: string;
  default?: unknown;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
}

describe('the JSON Schemas', () => {
  test('in the repository are current (`npm run schemas -w @itsup/config` writes them)', () => {
    const written = Object.fromEntries(
      readdirSync(FOLDER).map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')]),
    );
    expect(written).toEqual(jsonSchemas());
  });

  test.each(Object.entries(jsonSchemas()))('%s describes every field, with sound examples', (_, text) => {
    const ajv = new Ajv(AJV);
    const walk = (schema: Schema, path: string): void => {
      const isSound = ajv.compile(schema);
      for (const example of schema.examples ?? [])
        expect([path, example, isSound(example)]).toEqual([path, example, true]);
      if (schema.default !== undefined) expect([path, isSound(schema.default)]).toEqual([path, true]);
      for (const [key, value] of Object.entries(schema.properties ?? {})) {
        expect([`${path}.${key}`, typeof value.description]).toEqual([`${path}.${key}`, 'string']);
        walk(value, `${path}.${key}`);
      }
      if (schema.items) walk(schema.items, `${path}[]`);
    };
    walk(JSON.parse(text) as Schema, '');
  });

  test.each([
    ['ingress', 'container/projects/blog/ingress.yml', true],
    ['ingress', 'external/projects/nas/itsup-project.yml', true],
    ['ingress', 'bad/unknown-keys/projects/app/ingress.yml', false],
    ['ingress', 'bad/wrong-types/projects/app/ingress.yml', false],
    ['itsup', 'settings/all/projects/itsup.yml', true],
    ['compose', 'service-options/projects/app/docker-compose.yml', false],
    ['compose', 'container/projects/blog/docker-compose.yml', true],
    ['itsup', 'settings/bad/projects/itsup.yml', false],
  ])('%s judges %s as we do', (name, file, sound) => {
    const isSound = new Ajv(AJV).compile(JSON.parse(jsonSchemas()[`${name}.schema.json`] ?? '') as Schema);
    expect(isSound(parse(readFileSync(fixture(file), 'utf8')))).toBe(sound);
  });
});
