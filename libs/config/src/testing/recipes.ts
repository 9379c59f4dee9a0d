import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = join(__dirname, '../../../../docs/recipes.md');

/** What a recipe of the documentation says to write. */
export interface Recipe {
  /** Its heading, with a number where it has several variants. */
  title: string;
  /** Texts by path; a second file of one path is another variant. */
  files: Record<string, string>;
}

/** The recipes of docs/recipes.md that have files. */
export function recipes(): Recipe[] {
  return readFileSync(PAGE, 'utf8')
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [heading = ''] = section.split('\n');
      const files = [...section.matchAll(/^```yaml\n# (projects\/\S+)\n([^]*?)^```/gm)];
      const variants: Record<string, string>[] = [{}];
      for (const [, path = '', text = ''] of files) {
        if (path in (variants.at(-1) ?? {})) variants.push({});
        Object.assign(variants.at(-1) ?? {}, { [path]: text });
      }
      return variants
        .filter((each) => Object.keys(each).length > 0)
        .map((each, index) => ({ title: `${heading} ${index + 1}`, files: each }));
    });
}
