import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from './json-schemas';

/** Writes the JSON Schemas to where editors find them: `npm run schemas -w @itsup/config`, after a change of a schema. */
const folder = join(__dirname, '..', 'schemas');
mkdirSync(folder, { recursive: true });
for (const [file, text] of Object.entries(jsonSchemas())) writeFileSync(join(folder, file), text);
