// Places: which tweets were written where. A grid over the earth, in three sizes of cells.
//
//   level   cell, degrees   about           a tweet stands in one cell of each level
//   0        0.02            2 km            [ ids, ascending ]
//   1        0.25           28 km
//   2        4             450 km
//
// Whoever asks for a circle is given the cells of the finest level at which few cells cover it, and then looks at
// each tweet whether it is within: like a map sheet on which one draws the circle. Towards the poles the cells get
// narrow and a circle covers many of them; there the coarser levels serve. The grid ends nowhere: the column east
// of 180 degrees is the first one.
//
// Made from the tweets as they are applied or loaded, so in no snapshot. Owned by `ShardState`; a single thread.
// About 60 bytes for a tweet with a location, none for any other.

import { tweetField } from '../../protocol/entities.ts'
import { IdLists } from './memory/id-lists.ts'
import { IdTable } from './memory/id-table.ts'
import { Records } from './memory/records.ts'
import { entryOf } from './users/users.ts'

export type Point = { readonly latitude: number; readonly longitude: number }
export type Circle = Point & { readonly radiusMeters: number }

/** Degrees of a cell, by level: parts of 180. */
const cellDegrees = [0.02, 0.25, 4] as const
/** Cells that a circle may cover at a level before a coarser one serves. */
export const cellsPerCircleMax = 128
/** The mean radius of the earth, as the IUGG has it. */
const earthMeters = 6_371_008.8
const metersPerDegree = (earthMeters * Math.PI) / 180
/** Points are kept in steps of about a centimeter. */
const stepsPerDegree = 1e7
const [latitudeWord, longitudeWord] = [0, 1] as const

export class Places {
  /** Tweet to its number here. */
  readonly #numbers = new IdTable()
  readonly #points = new Records(2)
  /** Key of a cell to its number here. */
  readonly #cells = new IdTable()
  /** Cell to the ids of its tweets. */
  readonly lists = new IdLists()
  #count = 0

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    return this.#numbers.bytes + this.#points.bytes + this.#cells.bytes + this.lists.bytes
  }

  put(id: number, { latitude, longitude }: Point): void {
    if (this.#numbers.get(id) >= 0) return
    const number = this.#count++
    this.#numbers.set(id, number)
    this.#points.set(number, latitudeWord, Math.round((latitude + 90) * stepsPerDegree))
    this.#points.set(number, longitudeWord, Math.round((longitude + 180) * stepsPerDegree))
    for (const key of this.#keysOf(number)) {
      let cell = this.#cells.get(key)
      if (cell < 0) {
        cell = this.#cells.size
        this.#cells.set(key, cell)
      }
      this.lists.insert(cell, id)
    }
  }

  /** Takes a tweet that was deleted off the map, if it is on it. */
  remove(id: number): void {
    const number = this.#numbers.get(id)
    if (number < 0) return
    for (const key of this.#keysOf(number)) this.lists.remove(this.#cells.get(key), id)
  }

  /** Owners of `lists` that have together all tweets of the circle, and some around it. */
  cellsOf(circle: Circle): readonly number[] {
    const box = boxOf(circle)
    let level = 0
    while (level < cellDegrees.length - 1 && cellsOfBox(level, box) > cellsPerCircleMax) level++
    const { columns } = gridOf(level)
    const cells: number[] = []
    const [bottom, top] = [rowOf(level, box.south), rowOf(level, box.north)]
    const left = Math.floor((box.west + 180) / cellDegrees[level]!)
    const right = Math.floor((box.east + 180) / cellDegrees[level]!)
    const width = Math.min(right - left + 1, columns)
    for (let row = bottom; row <= top; row++) {
      for (let step = 0; step < width; step++) {
        const column = (((left + step) % columns) + columns) % columns
        const cell = this.#cells.get(keyOf(level, row, column))
        if (cell >= 0) cells.push(cell)
      }
    }
    return cells
  }

  /** Whether a tweet was written within the circle; false for one without a location. */
  isWithin(id: number, circle: Circle): boolean {
    const number = this.#numbers.get(id)
    return number >= 0 && metersBetween(this.#pointOf(number), circle) <= circle.radiusMeters
  }

  #pointOf(number: number): Point {
    return {
      latitude: this.#points.get(number, latitudeWord) / stepsPerDegree - 90,
      longitude: this.#points.get(number, longitudeWord) / stepsPerDegree - 180,
    }
  }

  /** The cell of each level in which a point lies. */
  #keysOf(number: number): number[] {
    const { latitude, longitude } = this.#pointOf(number)
    return cellDegrees.map((degrees, level) => {
      const column = Math.floor((longitude + 180) / degrees) % gridOf(level).columns
      return keyOf(level, rowOf(level, latitude), column)
    })
  }
}

/** The location in the encoded body of a tweet. Most have none, and are not decoded for it. */
export function locationOf(encoded: Uint8Array): Point | undefined {
  if (Buffer.prototype.indexOf.call(encoded, locationKey) < 0) return undefined
  return entryOf(encoded, tweetField.fields, 'location') as Point | undefined
}

/** How the name of the field stands in a body that has it; a text may hold the same by chance. */
const locationKey = Buffer.from('\xa8location', 'latin1')

/** The distance on a sphere, by the haversine formula. */
export function metersBetween(one: Point, other: Point): number {
  const [from, to] = [radians(one.latitude), radians(other.latitude)]
  const north = Math.sin((to - from) / 2)
  const east = Math.sin(radians(other.longitude - one.longitude) / 2)
  const squared = north * north + Math.cos(from) * Math.cos(to) * east * east
  return 2 * earthMeters * Math.asin(Math.sqrt(Math.min(1, squared)))
}

type Box = { south: number; north: number; west: number; east: number }

/** What a circle lies in, in degrees; west and east may go beyond 180. */
function boxOf({ latitude, longitude, radiusMeters }: Circle): Box {
  // A little more than the circle, for what rounding takes away.
  const height = radiusMeters / metersPerDegree + 2 / stepsPerDegree
  const [south, north] = [latitude - height, latitude + height]
  // The circle is widest a little poleward of its middle; one around a pole has all longitudes.
  const sine = Math.sin(radians(height)) / Math.cos(radians(latitude))
  const hasPole = south <= -90 || north >= 90 || !(sine < 1)
  const width = hasPole ? 180 : degrees(Math.asin(sine)) + 2 / stepsPerDegree
  return {
    south: Math.max(-90, south),
    north: Math.min(90, north),
    west: longitude - width,
    east: longitude + width,
  }
}

function cellsOfBox(level: number, { south, north, west, east }: Box): number {
  const size = cellDegrees[level]!
  return ((north - south) / size + 1) * ((east - west) / size + 1)
}

function gridOf(level: number): { readonly rows: number; readonly columns: number } {
  const rows = Math.round(180 / cellDegrees[level]!)
  return { rows, columns: rows * 2 }
}

/** The northernmost row ends with the pole itself. */
function rowOf(level: number, latitude: number): number {
  return Math.min(Math.floor((latitude + 90) / cellDegrees[level]!), gridOf(level).rows - 1)
}

function keyOf(level: number, row: number, column: number): number {
  return 1 + (level * 2 ** 16 + row) * 2 ** 16 + column
}

function radians(inDegrees: number): number {
  return (inDegrees * Math.PI) / 180
}

function degrees(inRadians: number): number {
  return (inRadians * 180) / Math.PI
}
