// Edges that wait until there are several for a list, or until somebody looks at it.
//
//   cards     card 1: node 2 | 9 5 .        card 2: node 7 | 1 8 4        card 3: free
//   cursors   node 2 ---------------^       node 7 -------------------^
//
// To put one edge into a list of two hundred takes a microsecond: its place is looked for, what lies behind is moved,
// and every few edges the list needs a longer block. To put in thirty at once takes little more, as one who
// comes home with thirty letters opens the drawer once. A card is two lines of memory, and to write on it touches
// one of them.
//
// Owned by an `EdgeLists`; one thread. Promises: an edge that was added waits until it is cleared; nothing is allocated for each.

const cardBits = 5
const cardWords = 1 << cardBits
/** Edges that wait for one node: the first word of a card is whose it is, plus one, or 0 where it is free. */
export const waitingEachMax = cardWords - 1
const cardsInitial = 16

export class WaitingEdges {
  /** How many wait. */
  count = 0
  readonly #cardsMax: number
  /** Card 0 is none. Of a free card the second word is the next free one. */
  #cards = new Uint32Array(cardsInitial * cardWords)
  /** By node: the word behind its newest neighbor; 0 where none waits. */
  #cursors = new Uint32Array(cardsInitial)
  /** Cards before this one have been used. */
  #cardsEnd = 1
  #free = 0
  #hand = 0

  /** @param nodesMax for so many nodes edges may wait, at least one */
  constructor(nodesMax: number) {
    this.#cardsMax = nodesMax + 1
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#cards.byteLength + this.#cursors.byteLength
  }

  /** Whether any wait for this node. */
  has(node: number): boolean {
    return this.count > 0 && node < this.#cursors.length && this.#cursors[node] !== 0
  }

  /** Adds an edge. False where there is no room: the card of the node is full, or there is none for it. */
  add(node: number, neighbor: number): boolean {
    if (node >= this.#cursors.length) this.#cursors = grown(this.#cursors, node + 1)
    let cursor = this.#cursors[node]!
    if (cursor === 0) {
      const card = this.#takeCard()
      if (card === 0) return false
      cursor = card << cardBits
      this.#cards[cursor++] = node + 1
    } else if ((cursor & (cardWords - 1)) === 0) {
      return false
    }
    this.#cards[cursor] = neighbor
    this.#cursors[node] = cursor + 1
    this.count++
    return true
  }

  /**
   * Copies the neighbors of a node, for which some wait, in the order in which they came.
   * @param out has room for `waitingEachMax`
   * @returns how many those are
   */
  copyTo(node: number, out: Uint32Array): number {
    const end = this.#cursors[node]!
    const first = firstOf(end)
    const cards = this.#cards
    for (let at = first; at < end; at++) out[at - first] = cards[at]!
    return end - first
  }

  /** Forgets what waits for a node, for which some does. */
  clear(node: number): void {
    const end = this.#cursors[node]!
    const first = firstOf(end)
    const cards = this.#cards
    cards[first - 1] = 0
    cards[first] = this.#free
    this.#free = first >>> cardBits
    this.#cursors[node] = 0
    this.count -= end - first
  }

  /** Nodes for which some wait, each in turn; there has to be one. */
  nextNode(): number {
    for (;;) {
      this.#hand = this.#hand + 1 < this.#cardsEnd ? this.#hand + 1 : 1
      const owner = this.#cards[this.#hand << cardBits]!
      if (owner !== 0) return owner - 1
    }
  }

  /** @returns an empty card; 0 where all are in use */
  #takeCard(): number {
    const card = this.#free
    if (card !== 0) {
      this.#free = this.#cards[(card << cardBits) + 1]!
      return card
    }
    if (this.#cardsEnd === this.#cardsMax) return 0
    const end = (this.#cardsEnd + 1) << cardBits
    if (end > this.#cards.length) this.#cards = grown(this.#cards, end)
    return this.#cardsEnd++
  }
}

/** Where the neighbors of a card begin, by a cursor on it or right behind it. */
function firstOf(cursor: number): number {
  return (((cursor - 1) >>> cardBits) << cardBits) + 1
}

/** The same numbers in front of zeros, for at least so many. */
function grown(values: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  let room = values.length
  while (room < length) room *= 2
  const larger = new Uint32Array(room)
  larger.set(values)
  return larger
}
