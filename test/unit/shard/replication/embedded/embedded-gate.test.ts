import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { OpeningGate } from '../../../../../shard/replication/embedded/embedded-gate.ts'
import { temporaryDirectory } from '../../../../helpers/temporary-directory.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function gateIn(directory: string): OpeningGate {
  const gate = new OpeningGate(directory)
  onTestFinished(() => gate.close())
  return gate
}

test('who opens waits until the last write of another has ended', async () => {
  const directory = temporaryDirectory('gate')
  const writer = gateIn(directory)
  const opener = gateIn(directory)
  const events: string[] = []
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  const writes = [
    writer.whileNobodyOpens(() => first.promise),
    writer.whileNobodyOpens(() => second.promise),
  ]
  const opening = opener.whileNobodyWrites(async () => events.push('open'))
  first.resolve()
  await writes[0]
  await nextTurn()
  events.push('one write left')
  second.resolve()
  await Promise.all([...writes, opening])
  expect(events).toEqual(['one write left', 'open'])
})

test('who writes waits until the opening of another has ended', async () => {
  const directory = temporaryDirectory('gate')
  const writer = gateIn(directory)
  const opener = gateIn(directory)
  const events: string[] = []
  const open = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  const opening = opener.whileNobodyWrites(() => {
    started.resolve()
    return open.promise
  })
  await started.promise
  const write = writer.whileNobodyOpens(async () => events.push('write'))
  await nextTurn()
  events.push('still opening')
  open.resolve()
  await Promise.all([opening, write])
  expect(events).toEqual(['still opening', 'write'])
})

test('who opens shows that it goes on', async () => {
  const directory = temporaryDirectory('gate')
  await gateIn(directory).whileNobodyWrites(async (goesOn) => {
    const [name = ''] = readdirSync(join(directory, 'openings'))
    const sign = join(directory, 'openings', name)
    utimesSync(sign, 1, 1)
    goesOn()
    expect(statSync(sign).mtimeMs).toBeGreaterThan(1_000)
  })
})

test('any number of writes waits for an opening, and all are let in', async () => {
  const directory = temporaryDirectory('gate')
  const sign = join(directory, 'openings', `${process.ppid}-0-x`)
  const gate = gateIn(directory)
  writeFileSync(sign, '')
  let count = 0
  const writes = Array.from({ length: 100 }, () => gate.whileNobodyOpens(async () => ++count))
  await nextTurn()
  expect(count).toBe(0)
  rmSync(sign)
  await Promise.all(writes)
  expect(count).toBe(100)
})

test('a steady stream of writes lets an opener in', async () => {
  const directory = temporaryDirectory('gate')
  const writer = gateIn(directory)
  let isOpened = false
  const stream = async (): Promise<void> => {
    while (!isOpened) await writer.whileNobodyOpens(() => nextTurn())
  }
  const streams = Array.from({ length: 8 }, stream)
  await gateIn(directory).whileNobodyWrites(async () => {
    isOpened = true
  })
  await Promise.all(streams)
})

test('of many openers one opens at a time', async () => {
  const directory = temporaryDirectory('gate')
  let openCount = 0
  let openCountMax = 0
  const openings = Array.from({ length: 6 }, () =>
    gateIn(directory).whileNobodyWrites(async () => {
      openCountMax = Math.max(openCountMax, ++openCount)
      await nextTurn()
      openCount--
    }),
  )
  await Promise.all(openings)
  expect(openCountMax).toBe(1)
})

test.each([
  ['ended', () => `${spawnSync(process.execPath, ['--version']).pid}-0-x`],
  // Numbers are given out again: this one is that of a process that runs, and started later.
  ['ended, and left their number to another', () => `${process.ppid}-1-x`],
  ['ended in the release before', () => `${spawnSync(process.execPath, ['--version']).pid}-x`],
])('what processes that have %s left behind keeps nobody waiting', async (_, leftBehind) => {
  const directory = temporaryDirectory('gate')
  const gate = gateIn(directory)
  const name = leftBehind()
  writeFileSync(join(directory, 'openings', name), '')
  writeFileSync(join(directory, 'writers', name), '1')
  await gate.whileNobodyOpens(async () => undefined)
  await gate.whileNobodyWrites(async () => undefined)
  expect(readdirSync(join(directory, 'openings'))).toEqual([])
  expect(readdirSync(join(directory, 'writers'))).toHaveLength(1)
})

test('what a process that runs has put up is waited for', async () => {
  const directory = temporaryDirectory('gate')
  const sign = join(directory, 'openings', `${process.ppid}-0-x`)
  const gate = gateIn(directory)
  writeFileSync(sign, '')
  const events: string[] = []
  const write = gate.whileNobodyOpens(async () => events.push('write'))
  await nextTurn()
  events.push('still opening')
  rmSync(sign)
  await write
  expect(events).toEqual(['still opening', 'write'])
})
