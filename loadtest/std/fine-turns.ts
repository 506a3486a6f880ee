// Turns of the event loop that come every tenth of a millisecond or so, for a load generator that times what it does.
//
// A timer of Node wakes the loop once in a millisecond: whatever is due waits for half of that on average, which is
// more than many a server takes to answer. A loop that never rests would take a processor from the server. So
// the thread sleeps for a twentieth of a millisecond between two turns; the kernel makes about a tenth of it.

const restMs = 0.05
/** Nobody ever wakes whoever waits for this. */
const never = new Int32Array(new SharedArrayBuffer(4))

/** Calls `turn` again and again until it gives true, with room for everything else in between. */
export async function inFineTurns(turn: () => boolean): Promise<void> {
  while (!turn()) {
    Atomics.wait(never, 0, 0, restMs)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}
