/** The version of Nx that a new repository starts with, the one that this version of the product is developed on. */
export const NX = '23.2.1';

/** What a new repository consists of before anything is installed. */
export interface FirstFilesRequest {
  name: string;
  /** What to install as itsup: its version, or packed files by package. */
  itsup: string | Readonly<Record<string, string>>;
}

/**
 * The files that the package manager and Nx need to start; everything else `nx g itsup:repository` writes. Versions are
 * exact, so that an update is a decision. Without analytics and the cloud, with the cache in the folder itself.
 */
export function firstFiles({ name, itsup }: FirstFilesRequest): Record<string, string> {
  const product = typeof itsup === 'string' ? { itsup } : itsup;
  return {
    'package.json': json({
      name,
      version: '0.0.0',
      private: true,
      scripts: { start: 'itsup start', plan: 'itsup plan' },
      devDependencies: { ...product, nx: NX },
    }),
    'nx.json': json({
      $schema: './node_modules/nx/schemas/nx-schema.json',
      neverConnectToCloud: true,
      analytics: false,
      cacheDirectory: '.nx/cache',
      maxCacheSize: '512MB',
      defaultBase: 'main',
      tui: { enabled: false },
      plugins: ['itsup'],
    }),
    '.gitignore': 'node_modules/\n.nx/\n',
    '.npmrc': 'save-exact=true\nfund=false\naudit=false\n',
  };
}

/** A folder's name as npm takes one for a package. */
export function packageNameOf(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '');
  return name === '' ? 'server' : name;
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
