import { UserError } from '@itsup/config';
import { firstFiles, packageNameOf } from 'create-itsup';
import { UNRELEASED } from '../build/own-package';
import { parseNxJson } from './find-workspace';
import { repositoryFiles } from './repository-files';

/** What at the top of a clone is the product's; the rest is the operator's. A test holds it to what git has. */
export const PRODUCT_ENTRIES: readonly string[] = [
  '.ci',
  '.dependency-cruiser.cjs',
  '.local.env',
  '.prettierignore',
  '.prettierrc.json',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'bench',
  'docs',
  'e2e',
  'eslint.config.mjs',
  'jest.preset.js',
  'libs',
  'package-lock.json',
  'templates/README.md',
  'tools',
  'tsconfig.base.json',
  'tsconfig.json',
];

/** Of `.github`, where the operator's own workflows may be too. */
export const PRODUCT_CI: readonly string[] = [
  '.github/actionlint.yaml',
  '.github/borrow-variables',
  '.github/comment-plan',
  '.github/plan-affected',
  '.github/plan-pull-request',
  '.github/workflows/comment.yml',
  '.github/workflows/deploy.yml',
  '.github/workflows/plan-on-server.yml',
  '.github/workflows/plan.yml',
  '.github/workflows/test.yml',
];

export interface SeparateRequest {
  read(file: string): string | null;
  /** Name of the workspace's folder, which names the package. */
  folder: string;
  /** Whether anything is in no commit; null: git does not say. */
  edits: boolean | null;
  /** What to install: a version, or packed files by package. */
  product: string | Readonly<Record<string, string>>;
}

export interface Separated {
  /** Paths from the root, files and folders. */
  remove: string[];
  /** Text by path. */
  files: Map<string, string>;
  notes: string[];
}

/**
 * A clone of the product as a repository that has it installed. Projects, secrets, settings and what is generated stay
 * where they are, and the folder is the same: what runs is as before. Changes nothing itself.
 *
 * @throws UserError where it is no clone, or where what is removed would be in no commit
 */
export function separateWorkspace({ read, folder, edits, product }: SeparateRequest): Separated {
  if (read('tools/itsup/package.json') === null || read('libs/deploy/package.json') === null)
    throw flaw(
      'this workspace has the product installed already',
      'a newer version: npm install -DE itsup@<version>',
    );
  if (edits !== false)
    throw flaw(
      edits === null
        ? 'git does not say which commit is checked out'
        : 'there are edits that are in no commit',
      'what is removed has to be in a commit, so that it can be had back: git add --all && git commit',
    );
  if (product === UNRELEASED)
    throw flaw(
      'this clone is of no released version',
      'name what to install: --release=<version>, or --packed=tmp/packed after npm run pack',
    );
  const first = firstFiles({ name: packageNameOf(folder), itsup: product });
  const nxJson = parseNxJson(read('nx.json') ?? '');
  const plugins = hasPlugins(nxJson) ? nxJson.plugins : ['itsup'];
  const ownNx = { ...(JSON.parse(first['nx.json'] ?? '{}') as object), plugins };
  const files = new Map<string, string>([
    ...Object.entries(repositoryFiles()),
    ['package.json', withOthers(first['package.json'] ?? '{}', read('package.json'))],
    ['nx.json', `${JSON.stringify(ownNx, null, 2)}\n`],
    ['.npmrc', first['.npmrc'] ?? ''],
  ]);
  for (const file of ['renovate.json', '.vscode/settings.json']) if (read(file) !== null) files.delete(file);
  return {
    remove: [...PRODUCT_ENTRIES, ...PRODUCT_CI].filter((path) => !files.has(path)),
    files,
    notes: [
      'Projects, secrets, settings and the state folder are as they were: npx itsup plan says that nothing changes.',
      'Units that start the command at boot or at night name it by its path: npx itsup doctor says how they are renewed.',
    ],
  };
}

/** Dependencies that the operator added to the clone's package.json stay; those of the product's tests go. */
function withOthers(text: string, former: string | null): string {
  const next = JSON.parse(text) as { devDependencies: Record<string, string>; dependencies?: object };
  const { dependencies } = (parseNxJson(former ?? '{}') ?? {}) as { dependencies?: object };
  return `${JSON.stringify(dependencies === undefined ? next : { ...next, dependencies }, null, 2)}\n`;
}

function hasPlugins(nxJson: unknown): nxJson is { plugins: unknown[] } {
  return (
    typeof nxJson === 'object' && nxJson !== null && 'plugins' in nxJson && Array.isArray(nxJson.plugins)
  );
}

function flaw(message: string, help: string): UserError {
  return new UserError({ code: 'separate', severity: 'error', message, help });
}
