// A process that joins a running cluster: how near to the others it has to come before it takes anything over.
//
// What the logs held when it looked is applied after a while, and meanwhile more has come. Whoever is then asked about
// something that it has not heard of waits for it to catch up. So it looks again, until a look takes next to nothing;
// by then its code is warm as well.

/** A look that takes less finds next to nothing new. */
export const nearMs = 50
/** Where the others write as fast as this process applies, it begins all the same. */
export const comingNearMsMax = 5_000

/** @param settled resolves when what the logs hold now is applied here */
export async function comeNear(
  settled: () => Promise<void>,
  monotonicNow: () => number,
): Promise<void> {
  const startedAtMs = monotonicNow()
  for (let lookedAtMs = startedAtMs; ; lookedAtMs = monotonicNow()) {
    await settled()
    const nowMs = monotonicNow()
    if (nowMs - lookedAtMs < nearMs || nowMs - startedAtMs > comingNearMsMax) return
  }
}
