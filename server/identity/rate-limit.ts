// Rate limits as token buckets. Pure: the time comes in as an argument.
//
// A bucket holds `burst` tokens and is refilled at `perSecond`; a request takes one. Like a tip jar
// that only holds so much: whoever saved up may spend at once, and then only as fast as it fills.
// Source: the token bucket of RFC 2697, with one colour.

/** `perSecond` 0 is without a limit. */
export type RateShape = { readonly perSecond: number; readonly burst: number }

/** The shape that all our limits have: a burst of twice the rate of a second. */
export function shapeOf(perSecond: number): RateShape {
  return { perSecond, burst: perSecond * 2 }
}

export class Bucket {
  tokens: number
  /** When `tokens` was right. */
  atMs: number

  constructor(shape: RateShape, nowMs: number) {
    this.tokens = shape.burst
    this.atMs = nowMs
  }
}

/**
 * Takes one token.
 * @returns 0 where there was one, else the milliseconds until there is.
 */
export function take(bucket: Bucket, shape: RateShape, nowMs: number): number {
  if (shape.perSecond === 0) return 0
  refill(bucket, shape, nowMs)
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1
    return 0
  }
  return Math.ceil(((1 - bucket.tokens) / shape.perSecond) * 1000)
}

/** Whether nothing was taken for so long that the bucket is full again. */
export function isFull(bucket: Bucket, shape: RateShape, nowMs: number): boolean {
  refill(bucket, shape, nowMs)
  return bucket.tokens >= shape.burst
}

/** Milliseconds until the bucket is full again. */
export function untilFullMs(bucket: Bucket, shape: RateShape): number {
  return shape.perSecond === 0
    ? 0
    : Math.ceil(((shape.burst - bucket.tokens) / shape.perSecond) * 1000)
}

function refill(bucket: Bucket, shape: RateShape, nowMs: number): void {
  // A clock that jumps back refills nothing, and nothing is taken for it either.
  const passedMs = Math.max(0, nowMs - bucket.atMs)
  bucket.tokens = Math.min(shape.burst, bucket.tokens + (passedMs * shape.perSecond) / 1000)
  bucket.atMs = nowMs
}

/** Buckets by key. Where there are too many, the one that was made first is forgotten: it fills up. */
export class Buckets {
  readonly shape: RateShape
  readonly #countMax: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(shape: RateShape, countMax: number) {
    this.shape = shape
    this.#countMax = countMax
  }

  get count(): number {
    return this.#buckets.size
  }

  of(key: string, nowMs: number): Bucket {
    const known = this.#buckets.get(key)
    if (known !== undefined) return known
    if (this.#buckets.size >= this.#countMax) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest)
        break
      }
    }
    const bucket = new Bucket(this.shape, nowMs)
    this.#buckets.set(key, bucket)
    return bucket
  }
}
