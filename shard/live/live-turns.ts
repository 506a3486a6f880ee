// Turns: a task that is too long for one turn of the event loop, done step by step. Owned by Live.

/** Has a task run in a later turn of the event loop. */
export type Defer = (task: () => void) => void

export class Turns {
  readonly #defer: Defer
  #isBusy = false

  constructor(defer: Defer) {
    this.#defer = defer
  }

  /** Whether a task is under way: then no other may be started. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /**
   * Does one step in each turn from the next one on.
   * @param ended called when it is done, also where a step broke
   */
  start(steps: Iterator<void>, ended: () => void = nothing): void {
    this.#isBusy = true
    this.#defer(() => this.#go(steps, ended))
  }

  #go(steps: Iterator<void>, ended: () => void): void {
    let isDone = true
    try {
      isDone = steps.next().done === true
    } finally {
      if (isDone) {
        this.#isBusy = false
        ended()
      }
    }
    if (!isDone) this.#defer(() => this.#go(steps, ended))
  }
}

const nothing = () => undefined
