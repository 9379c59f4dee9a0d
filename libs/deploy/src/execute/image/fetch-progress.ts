/** A layer of an image in Compose's progress: `3f9582a2cbe7 Pull complete`. */
const LAYER = /^([0-9a-f]{12}) (.+)$/;
const LAYER_DONE = /^(?:Pull complete|Already exists)/;
/**
 * A step of a build, as BuildKit (`#7 [web 2/4] RUN make`) and the builder before it (`Step 2/4 : RUN make`) print it.
 */
const BUILD_STEP = /^(?:#\d+ (?=\[)|(?=Step \d+\/\d+ :))(.+)$/;
const STEP_LENGTH = 60;

/** Makes one line of the hundreds that a pull or a build prints. */
export class FetchProgress {
  private text = '';
  private readonly layers = new Map<string, boolean>();

  /** @param tell the wait, and how far it is */
  constructor(private readonly tell: (text: string, detail?: string) => void) {}

  /** Names what is fetched from now on. */
  begin(text: string): void {
    this.text = text;
    this.layers.clear();
    this.tell(text);
  }

  /** Takes a line that Compose printed. */
  take(line: string): void {
    const [, id = '', state = ''] = LAYER.exec(line) ?? [];
    if (id !== '') {
      this.layers.set(id, this.layers.get(id) === true || LAYER_DONE.test(state));
      const done = [...this.layers.values()].filter(Boolean).length;
      this.tell(this.text, `${done} of ${this.layers.size} layers`);
      return;
    }
    const step = BUILD_STEP.exec(line)?.[1];
    if (step !== undefined) {
      this.tell(this.text, step.length > STEP_LENGTH ? `${step.slice(0, STEP_LENGTH - 1)}…` : step);
    }
  }
}
