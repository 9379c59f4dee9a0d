import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { jsonSchemas } from '../schema/json-schemas';
import { configurationPage } from './configuration-page';

const PAGE = join(__dirname, '../../../../docs/configuration.md');

describe('docs/configuration.md', () => {
  test('is current (`npm run schemas -w @itsup/config` writes it)', async () => {
    const formatted = await format(configurationPage(), {
      ...(await resolveConfig(PAGE)),
      parser: 'markdown',
    });
    expect(readFileSync(PAGE, 'utf8')).toBe(formatted);
  });

  test('names every field of every schema', () => {
    const page = configurationPage();
    for (const text of Object.values(jsonSchemas())) {
      for (const [, key] of text.matchAll(/^ {4}"(\w+)": \{$/gm)) expect(page).toContain(`\`${key}\``);
    }
  });
});
