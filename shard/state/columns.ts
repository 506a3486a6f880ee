// Columns: one number for each dense index, in a typed array that grows by doubling.
//
// A table of the shard is a set of columns that share their index: no JavaScript object for each
// record, and a scan touches only the bytes it needs. Reading past the end gives the column's zero.
//
// Three alike classes rather than one for any array: each of them then meets one kind of array only,
// and the engine compiles its reads to plain memory accesses.

const entriesInitial = 16

export class Uint32Column {
  #values = new Uint32Array(entriesInitial)

  get(index: number): number {
    return index < this.#values.length ? this.#values[index]! : 0
  }

  set(index: number, value: number): void {
    if (index >= this.#values.length) this.#values = grown(this.#values, index)
    this.#values[index] = value
  }

  /** Adds modulo 2^32, so that sums come out right in whatever order their parts arrive. */
  add(index: number, difference: number): void {
    this.set(index, this.get(index) + difference)
  }

  get bytes(): number {
    return this.#values.byteLength
  }
}

export class Uint8Column {
  #values = new Uint8Array(entriesInitial)

  get(index: number): number {
    return index < this.#values.length ? this.#values[index]! : 0
  }

  set(index: number, value: number): void {
    if (index >= this.#values.length) this.#values = grown(this.#values, index)
    this.#values[index] = value
  }

  get bytes(): number {
    return this.#values.byteLength
  }
}

export class Float64Column {
  #values = new Float64Array(entriesInitial)

  get(index: number): number {
    return index < this.#values.length ? this.#values[index]! : 0
  }

  set(index: number, value: number): void {
    if (index >= this.#values.length) this.#values = grown(this.#values, index)
    this.#values[index] = value
  }

  get bytes(): number {
    return this.#values.byteLength
  }
}

type NumberArray = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

function grown<A extends NumberArray>(values: A, index: number): A {
  let length = values.length
  while (length <= index) length *= 2
  const larger = new (values.constructor as new (length: number) => A)(length)
  larger.set(values)
  return larger
}
