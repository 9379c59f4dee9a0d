/** Which pages the site has, and in which order its menu names them: paths from the repository's top. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const MENU = {
  Start: [
    'README.md',
    'docs/getting-started.md',
    'docs/daily-use.md',
    'docs/recipes.md',
    'docs/troubleshooting.md',
  ],
  Configure: [
    'docs/generators.md',
    'docs/secrets.md',
    'docs/sharing.md',
    'docs/certificates.md',
    'docs/swarm.md',
    'docs/package.md',
    'docs/from-itsup.md',
  ],
  Reference: [
    'docs/configuration.md',
    'reference/commands.md',
    'reference/generators.md',
    'reference/targets.md',
    'templates/README.md',
  ],
  'How it works': ['docs/how-a-deploy-works.md', 'docs/security.md', 'docs/glossary.md', 'bench/README.md'],
  'The project': [
    'CHANGELOG.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'docs/decisions/README.md',
    'docs/dependencies.md',
  ],
};

/** Every page that is a file of the repository, by its path there. */
export function writtenPages(root) {
  const below = (folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name));
  const readmes = ['libs', 'tools'].flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter(
        (entry) => entry.isDirectory() && readdirSync(join(root, folder, entry.name)).includes('README.md'),
      )
      .map((entry) => join(folder, entry.name, 'README.md')),
  );
  return [
    ...[
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'bench/README.md',
      'e2e/README.md',
    ],
    ...['templates/README.md'],
    ...below('docs'),
    ...below('docs/decisions'),
    ...readmes,
  ];
}

/** A folder's page is its `index`, on the site. */
export function sitePath(page) {
  return page.replace(/(^|\/)README\.md$/, '$1index.md');
}
