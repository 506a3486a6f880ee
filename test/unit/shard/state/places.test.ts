import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cellsPerCircleMax, metersBetween, Places } from '../../../../shard/state/places.ts'

const latitude = fc.oneof(
  fc.double({ min: -90, max: 90, noNaN: true }),
  fc.constantFrom(-90, -89.999, 0, 51.5, 89.99, 90),
)
const longitude = fc.oneof(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.constantFrom(-180, -179.999, 0, 179.999, 180),
)
const point = fc.record({ latitude, longitude })
/** Near the middle, where borders of cells and circles matter. */
const offset = fc.double({ min: -1.2, max: 1.2, noNaN: true })

describe('Places', () => {
  test('the distance of cities is what an atlas says', () => {
    const [london, paris] = [
      { latitude: 51.5074, longitude: -0.1278 },
      { latitude: 48.8566, longitude: 2.3522 },
    ]
    expect(metersBetween(london, paris) / 1000).toBeCloseTo(343.6, 0)
    const acrossTheDateLine = metersBetween(
      { latitude: 0, longitude: 179.9 },
      { latitude: 0, longitude: -179.9 },
    )
    expect(acrossTheDateLine / 1000).toBeCloseTo(22.2, 1)
  })

  test('cells have all tweets of a circle, wherever on earth it is', () => {
    fc.assert(
      fc.property(
        point,
        fc.double({ min: 1, max: 100_000, noNaN: true }),
        fc.array(fc.tuple(offset, offset), { maxLength: 20 }),
        fc.array(point, { maxLength: 5 }),
        (middle, radiusMeters, near, far) => {
          const places = new Places()
          const points = [
            ...far,
            ...near.map(([north, east]) => ({
              latitude: Math.max(-90, Math.min(90, middle.latitude + north)),
              longitude: ((middle.longitude + east + 540) % 360) - 180,
            })),
          ]
          for (const [place, at] of points.entries()) places.put(place + 1, at)
          const circle = { ...middle, radiusMeters }
          const ids = new Set<number>()
          for (const cell of places.cellsOf(circle)) {
            for (let at = 0; at < places.lists.length(cell); at++)
              ids.add(places.lists.at(cell, at))
          }
          for (const [place, at] of points.entries()) {
            const distance = metersBetween(at, middle)
            if (Math.abs(distance - radiusMeters) < 0.1) continue
            const isWithin = distance < radiusMeters
            expect(places.isWithin(place + 1, circle)).toBe(isWithin)
            if (isWithin) expect(ids.has(place + 1), JSON.stringify({ circle, at })).toBe(true)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('few cells cover a circle away from the poles', () => {
    const places = new Places()
    for (let number = 0; number < 20_000; number++) {
      const [north, east] = [Math.floor(number / 200) - 100, (number % 200) - 100]
      places.put(number + 1, { latitude: 52 + north / 60, longitude: 13 + east / 60 })
    }
    for (const radiusMeters of [1, 500, 5_000, 50_000, 100_000]) {
      const cells = places.cellsOf({ latitude: 52, longitude: 13, radiusMeters })
      expect(cells.length).toBeGreaterThan(0)
      expect(cells.length).toBeLessThanOrEqual(cellsPerCircleMax)
    }
  })

  test('what was deleted is off the map', () => {
    const places = new Places()
    const at = { latitude: 1, longitude: 2 }
    places.put(7, at)
    places.remove(7)
    places.remove(8)
    const [cell] = places.cellsOf({ ...at, radiusMeters: 100 })
    expect(places.lists.length(cell!)).toBe(0)
  })
})
