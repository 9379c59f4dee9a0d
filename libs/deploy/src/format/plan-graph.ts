import type { ServicePlan, StackPlan } from '../plan/model';
import type { WorkspacePlan } from '../requests';

/**
 * The plan's operations as a Mermaid flowchart, which GitHub and many editors draw: an arrow leads from an operation to
 * one that waits for it, a dotted one where the first may fail. Images come before all of a stack's operations, which
 * are planned again then, for the image decides. What cannot be planned stands in comments.
 */
export function planGraph(plan: WorkspacePlan): string {
  const drawn = plan.stacks.filter(({ operations }) => operations.length > 0);
  const failed = plan.failed.map(
    ({ stack, problems }) => `  %% ${stack}: ${oneLine(problems.map(({ message }) => message).join('; '))}`,
  );
  const nothing = drawn.length === 0 && failed.length === 0 ? ['  %% nothing to do'] : [];
  return `${['flowchart LR', ...drawn.flatMap(stackLines), ...failed, ...nothing].join('\n')}\n`;
}

function stackLines({ stack, services, operations }: StackPlan, at: number): string[] {
  const nodes = new Map(operations.map(({ id }, index) => [id, `s${at}o${index}`]));
  const optional = new Set(operations.filter((one) => one.optional).map(({ id }) => id));
  const boxes = operations.map(({ id, reasons }) => {
    const text = [id, ...reasons].map(escaped).join('<br/>');
    return `    ${nodes.get(id) ?? ''}["${text}"]`;
  });
  const arrows = operations.flatMap(({ id, after }) =>
    after.flatMap((before) => {
      const from = nodes.get(before);
      return from === undefined
        ? []
        : [`    ${from} ${optional.has(before) ? '-.->' : '-->'} ${nodes.get(id) ?? ''}`];
    }),
  );
  const images = imagesOf(services);
  const fetched = images.length > 0 ? [`    s${at}i["${images.map(escaped).join('<br/>')}"]`] : [];
  const first = images.length > 0 ? operations.filter(({ after }) => after.length === 0) : [];
  const toFirst = first.map(({ id }) => `    s${at}i --> ${nodes.get(id) ?? ''}`);
  return [
    `  subgraph s${at}["${escaped(stack)}"]`,
    ...[...fetched, ...boxes, ...toFirst, ...arrows],
    '  end',
  ];
}

/** Which services' images are pulled, and which are built, a line each. */
function imagesOf(services: readonly ServicePlan[]): string[] {
  return (['pull', 'build'] as const).flatMap((what) => {
    const names = services.flatMap((one) => (one[what] ? [one.service] : []));
    return names.length === 0 ? [] : [`${what} ${names.join(', ')}`];
  });
}

/** Mermaid takes its own entities alone. */
function escaped(text: string): string {
  return oneLine(text).replace(/[#"<>`]/g, (character) => `#${character.codePointAt(0) ?? 0};`);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
