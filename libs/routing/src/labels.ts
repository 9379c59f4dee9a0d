import type { Route } from './model';

/** The labels of a route's container, by name. */
export function labelsOf(route: Route): Record<string, string> {
  void route;
  return {};
}
