import type { Workspace } from '@itsup/config';
import { unnamedService } from '@itsup/traefik';
import type { WorkspaceRouting } from '../model';
import { checkedServices } from './label-problems';

/**
 * Objects that labels of the workspace's containers define, as `http.middlewares.auth`: what `auth@docker` may lead to.
 * Containers of other stacks on the host may define more.
 */
export function dockerObjects(
  workspace: Workspace,
  routing: Pick<WorkspaceRouting, 'projects' | 'entryPoints'>,
): Set<string> {
  const objects = new Set<string>();
  for (const { routes } of routing.projects) {
    for (const route of routes) {
      if (route.servedBy === 'docker') objects.add(`${route.kind}.services.${route.serviceName}`);
      if (route.via !== 'labels') continue;
      for (const name of Object.keys(route.routers)) objects.add(`${route.kind}.routers.${name}`);
      for (const name of Object.keys(route.middlewares)) objects.add(`${route.kind}.middlewares.${name}`);
    }
  }
  const additions = new Map(routing.projects.map((project) => [project.project, project.additions]));
  for (const project of workspace.projects) {
    for (const { service, checked } of checkedServices(
      project,
      additions.get(project.name) ?? [],
      workspace.settings,
    )) {
      for (const object of checked.defined) objects.add(object);
      const hasServices = [...checked.defined].some((object) => object.startsWith('http.services.'));
      // The docker provider makes a service of the container where labels define none (pkg/provider/docker/config.go).
      if (!hasServices) objects.add(`http.services.${unnamedService(service.name, composeName(project))}`);
    }
  }
  return objects;
}

function composeName(project: Workspace['projects'][number]): string {
  return project.compose?.name ?? project.name;
}
