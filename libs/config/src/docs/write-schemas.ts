import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationPage } from './configuration-page';
import { jsonSchemas } from '../schema/json-schemas';

/**
 * Writes what is made of the schemas, after a change of one: `npm run schemas -w @itsup/config`. The JSON Schemas go to
 * where editors find them, the reference to `docs/configuration.md`.
 */
const folder = join(__dirname, '../../schemas');
mkdirSync(folder, { recursive: true });
for (const [file, text] of Object.entries(jsonSchemas())) writeFileSync(join(folder, file), text);
writeFileSync(join(__dirname, '../../../../docs/configuration.md'), configurationPage());
