// How long a host label becomes in DNS. Owned by the text rules.
//
// DNS knows ASCII only: `みんな` travels as `xn--q9jyb4c`, and a label has 63 bytes at most. Without
// this check a host of 100 Chinese characters would count as a link of 23, and be none.
// Only the length is computed, never the name: a browser does that when the link is followed.

/** The most bytes of one label (RFC 1035, section 2.3.4). */
export const labelLengthMax = 63

// Parameters of the Bootstring algorithm for Punycode (RFC 3492, section 5).
const base = 36
const thresholdMin = 1
const thresholdMax = 26
const skew = 38
const damp = 700
const initialBias = 72
const initialPoint = 128

const prefix = 'xn--'

/**
 * Whether a label fits DNS, once encoded.
 * At most 63 x 63 steps: a longer label is refused before it is encoded, as every code point
 * takes at least one byte.
 */
export function labelFits(label: string): boolean {
  if (isAscii(label)) return label.length <= labelLengthMax
  if (label.length > 2 * labelLengthMax) return false
  if (label.slice(0, prefix.length).toLowerCase() === prefix) return false
  const points = Array.from(label, (character) => character.codePointAt(0)!)
  if (points.length > labelLengthMax) return false
  return prefix.length + punycodeLength(points) <= labelLengthMax
}

function isAscii(label: string): boolean {
  for (let at = 0; at < label.length; at++) if (label.charCodeAt(at) >= 0x80) return false
  return true
}

/** The length of the Punycode form without its prefix (RFC 3492, section 6.3). */
function punycodeLength(points: readonly number[]): number {
  const basicCount = points.filter((point) => point < initialPoint).length
  let length = basicCount > 0 ? basicCount + 1 : 0
  let handled = basicCount
  let point = initialPoint
  let delta = 0
  let bias = initialBias
  while (handled < points.length) {
    const next = points.reduce(
      (least, each) => (each >= point && each < least ? each : least),
      Number.MAX_SAFE_INTEGER,
    )
    delta += (next - point) * (handled + 1)
    point = next
    for (const each of points) {
      if (each < point) delta++
      if (each !== point) continue
      length += digitCount(delta, bias)
      bias = adapt(delta, { handled: handled + 1, isFirst: handled === basicCount })
      delta = 0
      handled++
    }
    delta++
    point++
  }
  return length
}

/** How many digits the generalised variable-length integer of `delta` has. */
function digitCount(delta: number, bias: number): number {
  let rest = delta
  let count = 1
  for (let position = base; ; position += base) {
    const threshold = Math.min(Math.max(position - bias, thresholdMin), thresholdMax)
    if (rest < threshold) return count
    rest = Math.floor((rest - threshold) / (base - threshold))
    count++
  }
}

/** The bias for the next delta (RFC 3492, section 6.1). */
function adapt(delta: number, progress: { handled: number; isFirst: boolean }): number {
  let rest = progress.isFirst ? Math.floor(delta / damp) : delta >> 1
  rest += Math.floor(rest / progress.handled)
  let position = 0
  while (rest > ((base - thresholdMin) * thresholdMax) >> 1) {
    rest = Math.floor(rest / (base - thresholdMin))
    position += base
  }
  return position + Math.floor(((base - thresholdMin + 1) * rest) / (rest + skew))
}
