import { workflowFiles } from './workflow-files';

/**
 * What a repository of its own has besides what `init` writes: how to go on, what editors, updates and CI need. By path
 * from the root; written only where nothing is there.
 */
export function repositoryFiles(): Record<string, string> {
  return {
    'README.md': README,
    '.vscode/settings.json': `${JSON.stringify(
      {
        'yaml.schemas': {
          './node_modules/itsup/schemas/ingress.schema.json': 'projects/*/ingress.yml',
          './node_modules/itsup/schemas/itsup.schema.json': 'projects/itsup.yml',
        },
      },
      null,
      2,
    )}\n`,
    'renovate.json': `${JSON.stringify(
      {
        extends: ['config:recommended'],
        packageRules: [{ matchPackageNames: ['itsup', 'nx'], groupName: 'itsup and Nx' }],
      },
      null,
      2,
    )}\n`,
    ...workflowFiles(),
  };
}

const README = `# This server

\`projects/\` holds one folder a project, \`projects/itsup.yml\` the settings of the host, \`secrets/\` what no Compose file may
hold. \`upstream/\` and \`proxy/\` are generated.

\`\`\`sh
npx nx g itsup:project   # a new project, from an image or the gallery
npm run plan             # what a deploy would do, and why
npm start                # generate, validate, and deploy where a Docker engine answers
npx itsup --help
\`\`\`

A newer version: \`npm install -DE itsup@latest\`, then \`npm run plan\`. How \`.github/workflows\` deploys and plans, and how a
runner is set up: the first lines of each.
`;
