import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pack } from '../../../../protocol/frame.ts'
import { requestTimeoutMs } from '../../../../protocol/limits.ts'
import { operations } from '../../../../protocol/registry.ts'
import { heldMsMax, heldRequestsMax, heldSweepPeriodMs } from '../../../../server/limits.ts'
import { HeldRequests } from '../../../../server/links/held-requests.ts'
import { ShardRequest } from '../../../../server/links/shard-request.ts'

class Asked extends ShardRequest {
  readonly operation = operations['timeline.home']
  readonly call
  readonly slot = 0
  readonly startedAtMs: number
  isWanted = true

  constructor(partition: number, startedAtMs = performance.now()) {
    super()
    this.call = { partition, actor: 0, context: undefined, params: pack({}) }
    this.startedAtMs = startedAtMs
  }

  answered(): void {
    // Nobody answers here.
  }

  failed(): void {
    // What is over is told by `onExpired`.
  }
}

function makeHeld() {
  const expired: ShardRequest[] = []
  const waiting: number[] = []
  const held = new HeldRequests({
    onExpired: (request) => expired.push(request),
    onWaiting: (partition) => waiting.push(partition),
  })
  return { held, expired, waiting }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('requests that are held', () => {
  test('are taken oldest first, also where an older one came later', () => {
    const { held } = makeHeld()
    const all = [3, 3, 1, 2, 4, 1].map((startedAtMs) => new Asked(7, startedAtMs))
    for (const request of all) expect(held.hold(request)).toBe(true)
    expect(held.isWaiting(7)).toBe(true)
    expect(held.isWaiting(8)).toBe(false)
    const order = [all[2], all[5], all[3], all[0], all[1], all[4]]
    expect(held.take(7)).toEqual(order)
    expect([held.count, held.isWaiting(7)]).toEqual([0, false])
  })

  test('may be taken in part, and the others keep their place', () => {
    const { held } = makeHeld()
    const [first, second, third] = [new Asked(1), new Asked(1), new Asked(1)]
    for (const request of [first, second, third]) held.hold(request)
    expect(held.take(1, (request) => request === second)).toEqual([second])
    expect(held.count).toBe(2)
    expect(held.take(1)).toEqual([first, third])
  })

  test('wait for half a second in all, over all the times they are held', () => {
    const { held, expired, waiting } = makeHeld()
    const request = new Asked(3)
    held.hold(request)
    vi.advanceTimersByTime(heldMsMax - 100)
    expect(held.take(3)).toEqual([request])
    expect(held.hold(request)).toBe(true)
    vi.advanceTimersByTime(100 - heldSweepPeriodMs)
    expect(expired).toEqual([])
    vi.advanceTimersByTime(2 * heldSweepPeriodMs)
    expect(expired).toEqual([request])
    expect(waiting).toContain(3)
    expect(held.hold(request)).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('do not wait beyond the deadline of every request', () => {
    const { held } = makeHeld()
    vi.advanceTimersByTime(2 * requestTimeoutMs)
    expect(held.hold(new Asked(3, performance.now() - requestTimeoutMs))).toBe(false)
    const late = new Asked(3, performance.now() - requestTimeoutMs + 20)
    expect(held.hold(late)).toBe(true)
    vi.advanceTimersByTime(20 + heldSweepPeriodMs)
    expect(held.count).toBe(0)
  })

  test('are over as soon as nobody wants them', () => {
    const { held, expired } = makeHeld()
    const request = new Asked(3)
    held.hold(request)
    request.isWanted = false
    vi.advanceTimersByTime(heldSweepPeriodMs)
    expect(expired).toEqual([request])
  })

  test('are so many and no more', () => {
    const { held } = makeHeld()
    for (let count = 0; count < heldRequestsMax; count++) held.hold(new Asked(count % 64))
    expect(held.hold(new Asked(1))).toBe(false)
    held.take(1)
    expect(held.hold(new Asked(1))).toBe(true)
    for (const partition of held.partitions()) held.take(partition)
    expect(vi.getTimerCount()).toBe(0)
  })
})
