import { readdirSync, readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

/**
 * The least that any generator has to do: read each file of each project, parse it and print it, in one process.
 *
 * @param root workspace root
 * @param out folder that the printed files go to
 */
export function bareLoop(root: string, out: string): void {
  const projects = join(root, 'projects');
  for (const folder of readdirSync(projects, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    mkdirSync(join(out, folder.name), { recursive: true });
    for (const file of readdirSync(join(projects, folder.name))) {
      const value: unknown = parse(readFileSync(join(projects, folder.name, file), 'utf8'));
      writeFileSync(join(out, folder.name, file), stringify(value));
    }
  }
}

if (require.main === module) {
  const [root = '.', out = ''] = process.argv.slice(2);
  bareLoop(root, out);
}
