import { listProjects, readWorkspace } from '@itsup/config';
import { join } from 'node:path';
import { routeWorkspace } from '../route-workspace';

const TREE = join(__dirname, '../../../config/src/__fixtures__/itsup-server');

describe('a server of itsUP with 26 projects, as it is', () => {
  it('is read and routed without an error', async () => {
    expect(await listProjects(TREE)).toHaveLength(26);
    const workspace = await readWorkspace(TREE);
    const { projects, problems } = routeWorkspace(workspace);
    const found = [...workspace.problems, ...projects.flatMap((project) => project.problems), ...problems];
    const told = found.map(
      ({ severity, code, place }) => `${severity} ${code} ${place?.file}:${place?.line}`,
    );
    expect(told.filter((line) => !line.startsWith('note'))).toEqual([
      'warning empty-egress projects/itsup/itsup-project.yml:7',
      'warning allows-a-proxy projects/itsup/itsup-project.yml:6',
      'warning allows-a-proxy projects/media/ingress.yml:3',
      'warning allows-a-proxy projects/printer/itsup-project.yml:3',
      'warning egress-circle projects/crm/itsup-project.yml:3',
      'warning egress-circle projects/mailer/itsup-project.yml:1',
      'warning egress-to-external projects/metrics/itsup-project.yml:3',
    ]);
    const edges = projects.flatMap((project) => project.edges);
    const wayOf = ({ consumer, provider, service, unordered }: (typeof edges)[number]): string =>
      `${consumer} → ${provider}:${service}${unordered ? ', not waited for' : ''}`;
    expect(edges.map(wayOf)).toEqual([
      'ai-search → ai-chatbot:ai-chatbot-redis',
      'ai-tools → ai-chatbot:ai-chatbot-redis',
      'ai-worker → ai-chatbot:ai-chatbot-redis',
      'crm → mailer:api, not waited for',
      'jobs → git:gitea',
      'mailer → crm:app',
      'metrics → git:gitea',
    ]);
    expect(workspace.projects.filter(({ enabled }) => !enabled).map(({ name }) => name)).toEqual(['news']);
  });
});
