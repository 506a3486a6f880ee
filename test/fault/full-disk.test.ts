// A disk that fills up under the log, by something else that is on it: writes are refused with the
// advice to come back, nothing is acknowledged that is not there, no process dies; and when there is
// room again, everything goes on by itself (I1, I2, I9).

import { expect, test } from 'vitest'
import { noDifferences } from '../../loadtest/verify/compare.ts'
import { requestTimeoutMs } from '../../protocol/limits.ts'
import { eventually } from '../helpers/eventually.ts'
import { inTime } from '../helpers/in-time.ts'
import { home, post, signUp } from '../helpers/people.ts'
import { runningCluster } from '../helpers/running-cluster.ts'
import { SmallDisk } from '../helpers/small-disk.ts'
import { WriteStream } from '../helpers/write-stream.ts'

const diskBytes = 64 * 1024 * 1024
/** Less than the eighth that the log keeps in reserve, more than nothing. */
const scarceBytes = 5 * 1024 * 1024
const refusedWritesMin = 50

test('a full disk refuses writes and loses none, and is forgotten when there is room (I1, I9)', async () => {
  using disk = new SmallDisk(diskBytes)
  await using cluster = await runningCluster({ directory: disk.path })
  await using stream = await WriteStream.open(cluster.url, 3)
  const reader = await signUp(cluster, 'shard-1')
  const shownId = await post(cluster, reader, 'written while there was room')
  const processes = cluster.processes()
  stream.begin()
  await stream.untilEachHas(20)

  for (const leaveBytes of [scarceBytes, 0]) {
    disk.fill({ leaveBytes })
    expect(disk.freeBytes).toBeLessThan(leaveBytes + 128 * 1024)
    // What was under way when the disk became full may still get through.
    const acknowledged = await untilNothingIsAcknowledged(stream)
    const failuresBefore = stream.failures.length
    await eventually(() => stream.failures.length >= failuresBefore + refusedWritesMin, {
      withinMs: 60_000,
    })
    expect(stream.acknowledged).toBe(acknowledged)
    // A partition in which nobody wrote is read as ever.
    expect((await home(cluster, reader)).tweets.map(({ id }) => id)).toEqual([shownId])
    for (const { error, tookMs } of stream.failures.slice(failuresBefore)) {
      expect(['unavailable', 'unknown_outcome', 'timeout']).toContain(error.code)
      expect(['later', 'same']).toContain(error.retry)
      inTime('refusing a write on a full disk', tookMs, requestTimeoutMs + 5_000)
    }
  }

  disk.empty()
  await stream.untilEachHas(20)
  await cluster.untilReady()
  await stream.end()
  expect(cluster.processes()).toEqual(processes)
  expect((await home(cluster, reader)).tweets.map(({ id }) => id)).toEqual([shownId])
  const verified = await stream.verify()
  expect(verified.examples).toEqual([])
  expect(verified.wrong).toEqual(noDifferences)
  expect(stream.misordered()).toEqual([])
})

/** Gives how many writes were acknowledged, once that has stood still over many failures. */
async function untilNothingIsAcknowledged(stream: WriteStream): Promise<number> {
  let acknowledged = -1
  let failuresThen = 0
  await eventually(
    () => {
      if (stream.acknowledged !== acknowledged) {
        acknowledged = stream.acknowledged
        failuresThen = stream.failures.length
      }
      return stream.failures.length >= failuresThen + refusedWritesMin
    },
    { withinMs: 60_000, elseDump: () => stream.failures.slice(-5) },
  )
  return acknowledged
}
