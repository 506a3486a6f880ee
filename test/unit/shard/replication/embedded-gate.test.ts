import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { OpeningGate } from '../../../../shard/replication/embedded-gate.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'

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

test('what the dead have left keeps nobody waiting', async () => {
  const directory = temporaryDirectory('gate')
  const gate = gateIn(directory)
  const dead = spawnSync(process.execPath, ['--version']).pid
  writeFileSync(join(directory, 'openings', `${dead}-x`), '')
  writeFileSync(join(directory, 'writers', `${dead}-x`), '1')
  await gate.whileNobodyOpens(async () => undefined)
  await gate.whileNobodyWrites(async () => undefined)
  expect(readdirSync(join(directory, 'openings'))).toEqual([])
  expect(readdirSync(join(directory, 'writers'))).toHaveLength(1)
})
