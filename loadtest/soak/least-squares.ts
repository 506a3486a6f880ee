// The straight line that lies nearest to a cloud of points, and how sure one can be of its slope. Pure.
//
// Ordinary least squares (Legendre 1805; the errors as in Draper and Smith, "Applied Regression
// Analysis", 1.4): slope = Sxy / Sxx, its standard error = sqrt(residuals² / (n - 2) / Sxx).

export type Point = readonly [x: number, y: number]

export type Line = {
  readonly points: number
  /** Units of y for one of x. */
  readonly slope: number
  /** At x = 0. */
  readonly intercept: number
  /** The standard error of the slope; Infinity for fewer than three points. */
  readonly slopeError: number
  /** From the smallest x to the largest, which is `end`. */
  readonly span: number
  readonly end: number
}

/** Throws RangeError where there is no line: no two points, or all at the same x. */
export function fitLine(points: readonly Point[]): Line {
  const count = points.length
  const meanX = mean(points.map(([x]) => x))
  const meanY = mean(points.map(([, y]) => y))
  let [sumXx, sumXy] = [0, 0]
  for (const [x, y] of points) {
    sumXx += (x - meanX) ** 2
    sumXy += (x - meanX) * (y - meanY)
  }
  if (!(sumXx > 0)) throw new RangeError('a line needs points at two places at least')
  const slope = sumXy / sumXx
  const intercept = meanY - slope * meanX
  let residuals = 0
  for (const [x, y] of points) residuals += (y - intercept - slope * x) ** 2
  const slopeError = count < 3 ? Infinity : Math.sqrt(residuals / (count - 2) / sumXx)
  let [start, end] = [Infinity, -Infinity]
  for (const [x] of points) {
    start = Math.min(start, x)
    end = Math.max(end, x)
  }
  return { points: count, slope, intercept, slopeError, span: end - start, end }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
