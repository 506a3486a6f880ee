// Puts the ids of a ring in order that were written as they came: nearly all ascend, and some stand behind newer ones.
//
//     as they came     3   5   8   4   9   7        those that ascend stay      3  5  8  9
//     in order         3   4   5   7   8   9        the others are put between      4  7
//
// What came late is put in order the same way first: tweets of few other processes, each nearly in order itself.

/** So often what is left is gone through; what is late even then is sorted. */
const passesMax = 8
let scratch = new Float64Array(8_192)

/**
 * Orders `slots[from]` and so many behind it in place, each id once.
 * @returns how many there are then; what stands behind those is of no use
 */
export function orderIds(slots: Float64Array, from: number, count: number): number {
  if (scratch.length < passesMax * count) scratch = new Float64Array(passesMax * count)
  orderPass(slots, { from, count, room: 0, passes: passesMax })
  return withoutTwins(slots, from, count)
}

/** @param room where in `scratch` there is room for those that came late, and in each pass for those among them */
function orderPass(
  slots: Float64Array,
  { from, count, room, passes }: { from: number; count: number; room: number; passes: number },
): void {
  let kept = 0
  let late = room
  let newest = 0
  for (let place = from; place < from + count; place++) {
    const id = slots[place]!
    if (id > newest) {
      newest = id
      slots[from + kept++] = id
    } else {
      scratch[late++] = id
    }
  }
  const lateCount = late - room
  if (lateCount === 0) return
  if (passes === 1) scratch.subarray(room, late).sort()
  else orderPass(scratch, { from: room, count: lateCount, room: late, passes: passes - 1 })
  // Merged from the end, where there is room for them.
  let source = from + kept - 1
  for (let target = from + count - 1; late > room; target--) {
    const isKept = source >= from && slots[source]! > scratch[late - 1]!
    slots[target] = isKept ? slots[source--]! : scratch[--late]!
  }
}

function withoutTwins(slots: Float64Array, from: number, count: number): number {
  let distinct = Math.min(1, count)
  for (let place = from + 1; place < from + count; place++) {
    const id = slots[place]!
    if (id !== slots[place - 1]!) slots[from + distinct++] = id
  }
  return distinct
}
