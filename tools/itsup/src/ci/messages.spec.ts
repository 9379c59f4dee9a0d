import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../../../..');

/** What is in this repository alone: whoever has the product installed finds none of it. */
const OF_THIS_REPOSITORY =
  /\b(?:libs|e2e|bench)\/[a-z]|\btools\/(?:itsup|release|create)|\bdocs\/[\w-]+\.md|\bnpm run (?:build|pack|test|lint)|\b(?:ARCHITECTURE|CONTRIBUTING)\.md/;

/** Files that are about a checkout of the product, each with what they say of it. */
const ABOUT_THE_SOURCES = new Set([
  // A build that is stale, which an installed package has none of.
  'tools/itsup/src/build/build-state.ts',
  'tools/itsup/src/build/digests.ts',
  'tools/itsup/src/build/own-package.ts',
  'tools/itsup/src/build/record-build.ts',
  'tools/itsup/src/cli/commands/doctor.ts',
  'libs/host/src/doctor/checks/workspace.ts',
  'tools/itsup/src/inference/targets.ts',
  // Programs of the product's own build.
  'libs/config/src/docs/configuration-page.ts',
  'libs/config/src/docs/write-schemas.ts',
  // For whoever packs the product: no registry has it.
  'tools/create-itsup/src/main.ts',
  // Whether this is a checkout.
  'tools/itsup/src/git.ts',
  // What becomes of a checkout.
  'tools/itsup/src/workspace/separate-workspace.ts',
]);

function sources(): string[] {
  return ['libs', 'tools'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).flatMap((name) => {
      const below = join(folder, name, 'src');
      const entries = readdirSyncOrNone(join(ROOT, below));
      return entries.filter(isShipped).map((path) => join(below, path));
    }),
  );
}

function readdirSyncOrNone(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}

function isShipped(path: string): boolean {
  return (
    path.endsWith('.ts') && !path.endsWith('.spec.ts') && !/(?:^|\/)(?:testing|__fixtures__)\//.test(path)
  );
}

/** Texts of a source, comments and names of modules left out. */
function textsIn(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    const isModule =
      ts.isStringLiteral(node) &&
      (ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent));
    if (ts.isStringLiteralLike(node) && !isModule) texts.push(node.text);
    if (ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

it('names nothing that an installed product does not have', () => {
  const all = sources();
  expect(all.length).toBeGreaterThan(300);
  const found = all
    .filter((file) => !ABOUT_THE_SOURCES.has(file))
    .flatMap((file) =>
      textsIn(file)
        .filter((text) => OF_THIS_REPOSITORY.test(text))
        .map((text) => `${file}: ${text}`),
    );
  expect(found).toEqual([]);
});

it('does so in no schema and no template', () => {
  const folders = ['libs/config/schemas', 'templates/init', 'templates/proxy', 'templates/projects'];
  const found = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => OF_THIS_REPOSITORY.test(readFileSync(file, 'utf8'))),
  );
  expect(found).toEqual([]);
});
