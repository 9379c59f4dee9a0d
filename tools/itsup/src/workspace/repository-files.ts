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
    '.github/workflows/deploy.yml': WORKFLOW,
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

A newer version: \`npm install -DE itsup@latest\`, then \`npm run plan\`.
`;

/** What did not change is not touched, so a deploy of everything is a deploy of what changed. */
const WORKFLOW = `# On a self-hosted runner of the server, with the label itsup. ITSUP_PATH, a variable of the repository, is the folder
# that the first deploy was made from: bind mounts name it.
on: { push: { branches: [main] } }
permissions: {}
jobs:
  deploy:
    if: vars.ITSUP_PATH != '' && github.ref == format('refs/heads/{0}', github.event.repository.default_branch)
    runs-on: [self-hosted, itsup]
    environment: server
    timeout-minutes: 60
    permissions: {}
    concurrency: { group: deploy, cancel-in-progress: false }
    defaults: { run: { shell: bash, working-directory: "\${{ vars.ITSUP_PATH }}" } }
    steps:
      - run: git fetch origin "$GITHUB_REF" && git merge --ff-only "$GITHUB_SHA" && npm ci --ignore-scripts
      - run: npx itsup deploy
`;
