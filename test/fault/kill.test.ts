// kill -9, under a stream of writes, of each kind of process, of all shards, and of everything.
//
// What has to be true afterwards: every acknowledged write is there exactly once and in order (I1, I2,
// I3); no request was left hanging, each failure said how to go on (I9); and who had a live stream
// was told that it broke (I8). Each test also makes sure that the fault really happened.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noDifferences } from '../../loadtest/verify/compare.ts'
import { requestTimeoutMs } from '../../protocol/limits.ts'
import { eventually } from '../helpers/eventually.ts'
import { inTime } from '../helpers/in-time.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { WriteStream } from '../helpers/write-stream.ts'

const cluster = sharedCluster({ isPortKept: true })
let stream: WriteStream

beforeAll(async () => {
  stream = await WriteStream.open(cluster().url, 5)
}, 60_000)
afterAll(() => stream[Symbol.asyncDispose]())

const writesBefore = 20
const writesAfter = 10
/** A gateway gives up after its timeout; the rest is for a busy machine. */
const answerWithinMs = requestTimeoutMs + 5_000

/** Lets the stream run, breaks something, lets it come back, and compares. */
async function survives(
  breakIt: () => Promise<void>,
): Promise<{ codes: Set<string>; closes: Set<number> }> {
  const failuresBefore = stream.failures.length
  const closesBefore = stream.closes.length
  stream.begin()
  try {
    await stream.untilEachHas(writesBefore)
    await breakIt()
    await stream.untilEachHas(writesAfter)
    await cluster().untilReady()
    await stream.end()
  } catch (error) {
    await stream.giveUp()
    throw error
  }

  const failures = stream.failures.slice(failuresBefore)
  expect(failures.length, 'the fault was felt').toBeGreaterThan(0)
  for (const { operation, error, tookMs } of failures) {
    const what = `${operation}: ${JSON.stringify(error)} after ${tookMs} ms`
    expect(['unknown_outcome', 'unavailable', 'timeout'], what).toContain(error.code)
    expect(['same', 'later'], what).toContain(error.retry)
    inTime(what, tookMs, answerWithinMs)
  }
  const verified = await stream.verify()
  expect(verified.examples).toEqual([])
  expect(verified.wrong).toEqual(noDifferences)
  expect(verified.tweetsRead).toBeGreaterThan(0)
  expect(stream.misordered()).toEqual([])
  return {
    codes: new Set(failures.map(({ error }) => error.code)),
    closes: new Set(stream.closes.slice(closesBefore)),
  }
}

/** Kills processes, and waits until the supervisor has put others in their place. */
async function killAndAwaitSuccessors(names: readonly string[]): Promise<void> {
  const killed = names.map((name) => cluster().signal(name, 'SIGKILL'))
  await eventually(
    () => {
      const living = cluster().processes()
      return (
        names.every((name) => living.some((one) => one.name === name)) &&
        living.every(({ pid }) => !killed.includes(pid))
      )
    },
    { withinMs: 15_000, elseDump: () => cluster().processes() },
  )
  await eventually(
    () => names.every((name) => cluster().lines.some((line) => isDeathOf(name, line))),
    { withinMs: 15_000 },
  )
}

function isDeathOf(name: string, line: Readonly<Record<string, unknown>>): boolean {
  return line['process'] === name && String(line['msg']).startsWith('a process died')
}

describe('every acknowledged write is there, once and in order, after kill -9 of (I1, I2, I3, I9)', () => {
  test.each(['shard-0', 'shard-1'])('%s, whose live streams end with 4210 (I8)', async (shard) => {
    const { closes } = await survives(() => killAndAwaitSuccessors([shard]))
    expect(closes).toEqual(new Set([4210]))
  })

  test('the gateway, which takes its old port again', async () => {
    const { closes } = await survives(() => killAndAwaitSuccessors(['gateway-0']))
    expect(closes).toEqual(new Set([1006]))
  })

  test('all shards at once', async () => {
    const { closes } = await survives(() => killAndAwaitSuccessors(['shard-0', 'shard-1']))
    expect(closes).toEqual(new Set([4210]))
  })

  test('the supervisor: its children drain and go, and a new start finds everything', async () => {
    const { closes } = await survives(async () => {
      cluster().signal('supervisor', 'SIGKILL')
      expect(await cluster().untilExited()).toEqual({ code: null, signal: 'SIGKILL' })
      await cluster().untilGone()
      expect(cluster().lines.map((line) => line['msg'])).toContain('drained')
      await cluster().start()
    })
    expect(closes).toEqual(new Set([4200]))
  })

  test('everything at once: a new start on the same directory finds everything', async () => {
    const { closes } = await survives(async () => {
      await cluster().killAll()
      expect((await cluster().untilExited()).signal).toBe('SIGKILL')
      await cluster().start()
    })
    expect(closes).toEqual(new Set([1006]))
  })
})
