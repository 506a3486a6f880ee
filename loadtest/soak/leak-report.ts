// What a soak says about the processes that it watched: a line for each measure of each process, and an
// error for each leak.

import type { Measure, Reading } from '../cluster/health.ts'
import type { Recorder } from '../report/recorder.ts'
import type { Rise } from './leaks.ts'
import { readingsMin, risesOf } from './leaks.ts'

const names: Readonly<Record<Measure, string>> = {
  residentBytes: 'resident memory',
  heapBytes: 'heap',
  descriptors: 'descriptors',
  lagSeconds: 'lag of the event loop, p99',
}

const mebibyte = 1024 * 1024

const shown: Readonly<Record<Measure, (value: number) => string>> = {
  residentBytes: (value) => `${(value / mebibyte).toFixed(1)} MiB`,
  heapBytes: (value) => `${(value / mebibyte).toFixed(1)} MiB`,
  descriptors: (value) => value.toFixed(1),
  lagSeconds: (value) => `${(value * 1_000).toFixed(1)} ms`,
}

/** Notes every rise, and makes an error of each leak. @returns the rises */
export function noteHealth(
  recorder: Pick<Recorder, 'note' | 'error'>,
  watched: { readonly readings: ReadonlyMap<string, readonly Reading[]>; readonly posts: number },
): Rise[] {
  return [...watched.readings].flatMap(([process, readings]) => {
    const rises = risesOf({ process, readings, posts: watched.posts })
    if (rises.length === 0) {
      recorder.note(process, `too few readings to tell a leak: ${readingsMin} are needed`)
    }
    for (const rise of rises) {
      recorder.note(`${process} ${names[rise.measure]}`, wordsOf(rise))
      if (rise.isLeak) recorder.error(`${process} leaks: ${names[rise.measure]}`)
    }
    return rises
  })
}

/** `180.2 MiB to 184.9 MiB in 45.0 min, certainly +3.1 MiB of 64.0 MiB allowed` */
function wordsOf({ measure, line, rise, certainRise, allowedRise, isLeak }: Rise): string {
  const show = shown[measure]
  const end = line.intercept + line.slope * line.end
  const minutes = (line.span / 60).toFixed(1)
  const verdict = isLeak ? ': A LEAK' : ''
  return `${show(end - rise)} to ${show(end)} in ${minutes} min, certainly +${show(certainRise)} of ${show(allowedRise)} allowed${verdict}`
}
