/** Orders by code unit, as every artifact is ordered: a locale would make bytes depend on the machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
