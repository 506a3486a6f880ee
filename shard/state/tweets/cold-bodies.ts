// The port to where bodies of tweets go that have no room in memory any more. It is implemented outside
// of state/ (see bodies/cold-store.ts); without one, all bodies stay in memory.
//
// From here it is a cupboard beside the desk: what was put in can be taken out at once, whether or not
// the disk behind it has it already.

/** Bodies by the dense index of their tweet. An index comes once: no body ever changes. */
export type ColdBodies = {
  /** Bytes of bodies that it holds in memory itself, on their way to the disk. */
  readonly bytes: number
  /** The most that `bytes` is, but for one body. */
  readonly bytesMax: number
  /**
   * Takes a copy of a body: `get` gives it from now on.
   * @returns false where it cannot: then the body has to stay where it is, and may come again
   */
  put(tweet: number, body: Uint8Array): boolean
  /**
   * @returns a copy of the body as it was put
   * @throws Error where it is gone or damaged: the process must end then, and recover
   */
  get(tweet: number): Uint8Array
  /** Forgets a body that was put. */
  delete(tweet: number): void
}
