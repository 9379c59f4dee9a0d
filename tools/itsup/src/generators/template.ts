import { copyOf, shippedTemplate } from '@itsup/artifacts';
import { UserError } from '@itsup/config';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { ownVersion } from '../build/own-package';
import { hasSources } from '../git';
import { orRefuse, prefixOf, printLines } from './workspace-tree';

/** `nx g itsup:template <name>`: copies a template out, to change it for this workspace. */
export default async function template(tree: Tree, { name }: { name: string }): Promise<GeneratorCallback> {
  const prefix = prefixOf(tree);
  const files = await orRefuse(() => {
    const copy = copyOf(shippedTemplate(name), ownVersion());
    const [file = ''] = copy.keys();
    if (!tree.exists(prefix + file)) return copy;
    throw new UserError({
      code: 'template-there',
      severity: 'error',
      message: `${prefix}${file} is there already`,
      help: hasSources(tree.root)
        ? 'this is a clone of the product, and that its own template: change it where it is'
        : 'itsup template diff shows what differs, itsup template merge takes in what a newer version changed',
    });
  });
  for (const [path, text] of files) tree.write(prefix + path, text);
  const [file] = files.keys();
  return () => printLines('The template is yours.', [`Change ${prefix}${file}, then npx itsup plan.`]);
}
