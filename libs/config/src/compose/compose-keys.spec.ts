import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPOSE_KEYS } from './compose-keys';

const SCHEMA = join(__dirname, '../../../../../shared/schemas/compose-spec.json');

interface Schema {
  $ref?: string;
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  definitions?: Record<string, Schema>;
}

const { skip } = test;
const testWithSchema = existsSync(SCHEMA)
  ? test
  : (name: string, body: () => void) => skip(`${name} (left out: no ${SCHEMA})`, body);

testWithSchema('every key of the published schema is known', () => {
  const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as Schema;
  for (const { at, keys } of COMPOSE_KEYS) {
    const published = Object.keys(mappingOf(schemaAt(schema, schema, at), schema).properties ?? {});
    expect(published.length).toBeGreaterThan(0);
    expect([at, published.filter((key) => !keys.has(key))]).toEqual([at, []]);
  }
});

function schemaAt(schema: Schema, root: Schema, [segment, ...rest]: readonly string[]): Schema {
  if (segment === undefined) return schema;
  const { properties = {}, patternProperties = {} } = mappingOf(schema, root);
  const [named = {}] = Object.entries(patternProperties)
    .filter(([pattern]) => pattern !== '^x-')
    .map(([, value]) => value);
  return schemaAt(segment === '*' ? named : (properties[segment] ?? {}), root, rest);
}

/** The alternative of a schema that is a mapping with keys. */
function mappingOf(schema: Schema, root: Schema): Schema {
  if (schema.$ref !== undefined) {
    return mappingOf(root.definitions?.[schema.$ref.split('/').at(-1) ?? ''] ?? {}, root);
  }
  const alternatives = (schema.oneOf ?? []).map((each) => mappingOf(each, root));
  return alternatives.find(({ properties, patternProperties }) => properties ?? patternProperties) ?? schema;
}
