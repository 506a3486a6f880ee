// The nodes of a graph: from a label of the file to a dense index, and from there to the user's id.
//
// Open addressing in typed arrays, about 30 bytes for each node at most: a JavaScript Map ends at 16.7 million
// entries, and takes more than twice as much for each.

/** Nodes: two indexes of 26 bits make one safe integer. */
const nodesMax = 2 ** 26
const roomInitial = 1_024

export class NodeTable {
  /** Of each index, in the order in which they first appeared. */
  labels = new Float64Array(roomInitial)
  /** Of each index; 0 while it is not known. */
  userIds = new Float64Array(roomInitial)
  /** How many each follows, and is followed by: as many edges as were met, loops left out. */
  following = new Uint32Array(roomInitial)
  followers = new Uint32Array(roomInitial)
  count = 0
  /** Index plus one at the place of its label's hash, or the next that is free. */
  #places = new Uint32Array(roomInitial * 2)

  /** The index of a label; gives out the next one where it is new. Throws RangeError at `nodesMax`. */
  indexOf(label: number): number {
    const mask = this.#places.length - 1
    let place = hashOf(label) & mask
    for (; ; place = (place + 1) & mask) {
      const found = this.#places[place]!
      if (found === 0) break
      if (this.labels[found - 1] === label) return found - 1
    }
    if (this.count === nodesMax) throw new RangeError(`a graph has at most ${nodesMax} nodes`)
    if (this.count === this.labels.length) {
      this.#grow()
      return this.indexOf(label)
    }
    this.#places[place] = this.count + 1
    this.labels[this.count] = label
    return this.count++
  }

  #grow(): void {
    const room = this.labels.length * 2
    this.labels = grown(this.labels, new Float64Array(room))
    this.userIds = grown(this.userIds, new Float64Array(room))
    this.following = grown(this.following, new Uint32Array(room))
    this.followers = grown(this.followers, new Uint32Array(room))
    const places = new Uint32Array(room * 2)
    const mask = places.length - 1
    for (let index = 0; index < this.count; index++) {
      let place = hashOf(this.labels[index]!) & mask
      while (places[place] !== 0) place = (place + 1) & mask
      places[place] = index + 1
    }
    this.#places = places
  }
}

function grown<A extends Float64Array | Uint32Array>(from: A, to: A): A {
  to.set(from)
  return to
}

/** Both halves of the number, mixed as in MurmurHash3's finalizer (Austin Appleby, public domain). */
function hashOf(label: number): number {
  let hash = Math.imul(
    ((label % 0x1_0000_0000) | 0) ^ Math.imul(label / 0x1_0000_0000, 0x9e3779b1),
    0x85ebca6b,
  )
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
