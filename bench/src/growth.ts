import { each, type Spread } from './measure';
import { timeRow, type Row } from './table';

/** What time per project may grow by from the small tree to the large one. */
const BOUND = 1.5;

/** One measure on two sizes of tree. */
export interface Growth {
  measure: string;
  /** Seconds for the whole tree. */
  large: Spread;
  small: Spread;
  sizes: { large: number; small: number };
  judged: boolean;
}

/** A row of time per project: what is quadratic anywhere shows here. */
export function growthRow({ measure, large, small, sizes, judged }: Growth): Row {
  return timeRow({
    measure: `${measure}: time per project at ${sizes.large}`,
    against: `the same at ${sizes.small}`,
    ours: each(large, sizes.large),
    other: each(small, sizes.small),
    bound: judged ? BOUND : null,
  });
}
