// Runs of numbers within an array, sorted and without twins: what `Adjacency.addMany` takes.

export type Run = { readonly from: number; readonly to: number }

/** Longer runs are sorted by the engine's own sort, which costs a call. */
const insertionSortMax = 96

/** Sorts a run in place; quickest where little has to move far. */
export function sortRun(values: Uint32Array, { from, to }: Run): void {
  if (to - from > insertionSortMax) {
    values.subarray(from, to).sort()
    return
  }
  for (let at = from + 1; at < to; at++) {
    const value = values[at]!
    let place = at
    for (; place > from && values[place - 1]! > value; place--) values[place] = values[place - 1]!
    values[place] = value
  }
}

/** Leaves out, in place, what a sorted run has twice. @returns the end of what remains */
export function withoutTwins(values: Uint32Array, { from, to }: Run): number {
  let end = from + 1
  for (let at = from + 1; at < to; at++) {
    if (values[at] !== values[end - 1]) values[end++] = values[at]!
  }
  return end
}
