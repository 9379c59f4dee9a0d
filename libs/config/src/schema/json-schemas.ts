import { z } from 'zod';
import { ingressSchema } from './ingress-schema';
import { composeOptionsSchema } from './service-options-schema';
import { settingsSchema } from './settings/settings-schema';

/** The files that editors complete with, by the name of their JSON Schema. */
const SCHEMAS = { compose: composeOptionsSchema, ingress: ingressSchema, itsup: settingsSchema };

/**
 * The text of each JSON Schema by its file name. Draft 7, which every YAML language server understands. They say what
 * an operator may write; grammars that no pattern can hold are left to the reader.
 */
export function jsonSchemas(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => {
      const json = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
      return [`${name}.schema.json`, `${JSON.stringify(json, null, 2)}\n`];
    }),
  );
}
