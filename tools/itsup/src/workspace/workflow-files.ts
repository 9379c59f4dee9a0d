/**
 * Workflows for GitHub by path: deploy what was merged, plan a pull request, and show its plan. None of a pull
 * request's code runs beside a token that writes, a secret or the server. Any other CI, or cron, does what the deploy's
 * two lines of shell do.
 */
export function workflowFiles(): Record<string, string> {
  return {
    '.github/workflows/deploy.yml': DEPLOY,
    '.github/workflows/plan.yml': PLAN,
    '.github/workflows/comment.yml': COMMENT,
  };
}

/** Actions by the commit of a release, with its version beside it. */
const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';
const SETUP_NODE = 'actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0';
const UPLOAD = 'actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0';

const DEPLOY = `# On a self-hosted runner of the server, with the label itsup. ITSUP_PATH, a variable of the repository, is the folder
# that the first deploy was made from: bind mounts name it. What fails its validation is not deployed.
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
      - run: npx itsup deploy --affected
`;

const PLAN = `# What a pull request changes, against a host that runs nothing. Its own code runs here, on a machine that is thrown
# away, beside no secret; the workflow comment shows what it printed.
name: plan
on: pull_request
permissions: {}
jobs:
  plan:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions: { contents: read }
    env: { DOCKER_HOST: "unix:///nonexistent", BASE: "\${{ github.event.pull_request.base.sha }}" }
    steps:
      - uses: ${CHECKOUT}
        with: { fetch-depth: 0, persist-credentials: false }
      - uses: ${SETUP_NODE}
        with: { node-version: 24 }
      - run: npm ci --ignore-scripts
      - run: (npx itsup validate && npx itsup plan --since "$(git merge-base "$BASE" HEAD)") |& tee plan.txt
        shell: bash
      - uses: ${UPLOAD}
        if: always()
        with: { name: plan, path: plan.txt, if-no-files-found: ignore, retention-days: 1 }
`;

const COMMENT = `# Shows a pull request's plan as a comment. None of its code runs here: GitHub takes this workflow from the default
# branch, and what the plan's left is text to be shown, cut and without control characters, never unpacked to disk.
on: { workflow_run: { workflows: [plan], types: [completed] } }
permissions: {}
jobs:
  comment:
    if: github.event.workflow_run.event == 'pull_request'
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions: { actions: read, pull-requests: write }
    env:
      GH_TOKEN: \${{ github.token }}
      RUN: \${{ github.event.workflow_run.id }}
      SHA: \${{ github.event.workflow_run.head_sha }}
      HEAD: \${{ github.event.workflow_run.head_repository.owner.login }}:\${{ github.event.workflow_run.head_branch }}
    steps:
      - shell: bash
        run: |
          set -euo pipefail
          api="repos/$GITHUB_REPOSITORY"
          number=$(gh api --method GET "$api/pulls" -f state=open -f "head=$HEAD" --jq '.[] | select(.head.sha == env.SHA) | .number')
          artifact=$(gh api "$api/actions/runs/$RUN/artifacts" --jq '[.artifacts[] | select(.name == "plan" and .size_in_bytes < 10000000)][0].id // empty')
          [[ $number =~ ^[1-9][0-9]*$ && $artifact =~ ^[1-9][0-9]*$ ]] || { echo 'nothing to show'; exit 0; }
          gh api "$api/actions/artifacts/$artifact/zip" >plan.zip
          text=$({ unzip -p plan.zip plan.txt || true; } | head --bytes=60000 | iconv -c -f UTF-8 -t UTF-8 | tr -d '~\\000-\\010\\013-\\037\\177')
          marker='<!-- itsup plan -->'
          printf '%s\\nPlan of %s, against a host that runs nothing\\n\\n~~~text\\n%s\\n~~~\\n' "$marker" "$SHA" "$text" >body
          old=$(gh api --paginate "$api/issues/$number/comments" --jq ".[] | select(.user.login == \\"github-actions[bot]\\" and (.body | startswith(\\"$marker\\"))) | .id" | tail -n 1)
          if [ -n "$old" ]; then gh api --method PATCH "$api/issues/comments/$old" -F body=@body --silent; else gh api --method POST "$api/issues/$number/comments" -F body=@body --silent; fi
`;
