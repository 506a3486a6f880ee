import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { pack } from '../../../../../protocol/frame.ts'
import { openEmbeddedLog } from '../../../../../shard/replication/embedded/embedded.ts'
import { EmbeddedMembers } from '../../../../../shard/replication/embedded/embedded-members.ts'
import {
  isRunning,
  type ProcessMark,
  thisProcess,
} from '../../../../../shard/replication/embedded/embedded-process.ts'
import type { ReplicationLog } from '../../../../../shard/replication/log.ts'
import type { Member } from '../../../../../shard/replication/members.ts'
import { childPartitionCount } from '../../../../helpers/embedded-log-child.ts'
import { eventually } from '../../../../helpers/eventually.ts'
import { temporaryDirectory } from '../../../../helpers/temporary-directory.ts'

const logChild = new URL('../../../../helpers/embedded-log-child.ts', import.meta.url).pathname
const memberChild = new URL('../../../../helpers/embedded-member-child.ts', import.meta.url)
  .pathname
/** Far longer than a test: what is free before its end is free for another reason. */
const ttlMs = 3_600_000
const times = { ttlMs, forgetAfterMs: 2 * ttlMs }

type Child = {
  readonly pid: number
  /** The first line of its output. */
  readonly line: string
  readonly process: ChildProcess
  kill(): Promise<void>
}

async function start(command: string, args: readonly string[]): Promise<Child> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { pid: child.pid ?? 0, line, process: child, kill }
}

const startLogChild = (directory: string) =>
  start(process.execPath, [logChild, directory, '0', 'log', '10'])
const startMemberChild = (directory: string, name: string) =>
  start(process.execPath, [memberChild, directory, name])

async function openLog(directory: string): Promise<ReplicationLog> {
  const options = { directory, partitionCount: childPartitionCount, acknowledge: 'log' } as const
  const log = await openEmbeddedLog(options)
  onTestFinished(() => log.close())
  return log
}

function member(name: string): Member {
  const work = { hosted: [], serving: [], positions: [] }
  return { name, incarnation: `${name} of the test`, address: '', state: 'ready', ...work }
}

/** Whether the system tells when a process was started. */
const isStartKnown = thisProcess.startedAt !== 0

describe('a process', () => {
  test('runs until it ends', async () => {
    const child = await startMemberChild(temporaryDirectory('members'), 'a')
    const mark = JSON.parse(child.line) as ProcessMark
    expect(isRunning(thisProcess)).toBe(true)
    expect(mark.pid).toBe(child.pid)
    expect(isRunning(mark)).toBe(true)
    expect(isRunning({ ...mark, startedAt: 0 })).toBe(true)
    await child.kill()
    expect(isRunning(mark)).toBe(false)
  })

  test('is not another one that was given its number', async () => {
    const child = await startMemberChild(temporaryDirectory('members'), 'a')
    const mark = JSON.parse(child.line) as ProcessMark
    expect(isRunning({ ...mark, startedAt: mark.startedAt + 1 })).toBe(!isStartKnown)
    const earlier = { ...thisProcess, startedAt: thisProcess.startedAt + 1 }
    expect(isRunning(earlier)).toBe(false)
  })

  test('has ended also where its parent has not looked yet', async () => {
    // The shell becomes a program that does not know of the child that it has.
    const parent = await start('sh', ['-c', 'true & echo $!; exec sleep 60'])
    const zombie = { pid: Number(parent.line), startedAt: 0 }
    await eventually(() => isRunning(zombie) === !isStartKnown, { withinMs: 5_000 })
  })
})

describe('a lease', () => {
  test('of a killed process is free at once, however long it would last', async () => {
    const directory = temporaryDirectory('log')
    const log = await openLog(directory)
    const child = await startLogChild(directory)
    const asked = { partition: 0, node: 'b/2', ttlMs, minEpoch: 0 }
    expect(await log.acquire(asked)).toMatchObject({
      outcome: 'held',
      holder: `child-${child.pid}`,
    })
    await child.kill()
    const lease = await log.acquire(asked)
    expect(lease).toMatchObject({ outcome: 'granted', epoch: 2 })
    expect((await log.head(0)).epoch).toBe(2)
  })

  test('of a process that only stands still is held until it dies', async () => {
    const directory = temporaryDirectory('log')
    const log = await openLog(directory)
    const child = await startLogChild(directory)
    child.process.kill('SIGSTOP')
    const asked = { partition: 0, node: 'b/2', ttlMs, minEpoch: 0 }
    expect(await log.acquire(asked)).toMatchObject({ outcome: 'held' })
    await child.kill()
    expect(await log.acquire(asked)).toMatchObject({ outcome: 'granted' })
  })

  test('I6: is not shared by two incarnations of one name', async () => {
    const log = await openLog(temporaryDirectory('log'))
    const asked = { partition: 0, ttlMs, minEpoch: 0 }
    expect(await log.acquire({ ...asked, node: 'a/1' })).toMatchObject({ outcome: 'granted' })
    expect(await log.acquire({ ...asked, node: 'a/2' })).toMatchObject({
      outcome: 'held',
      holder: 'a/1',
    })
  })
})

describe('a member', () => {
  test('whose process was killed is not live at once, and its name is free', async () => {
    const directory = temporaryDirectory('members')
    const members = new EmbeddedMembers({ directory, clock: Date.now })
    const child = await startMemberChild(directory, 'a')
    const before = await members.announce(member('b'), times)
    expect(before?.map(({ name, isLive }) => [name, isLive])).toEqual([
      ['a', true],
      ['b', true],
    ])
    expect(await members.announce(member('a'), times)).toBeUndefined()
    await child.kill()
    const after = await members.announce(member('b'), times)
    expect(after?.map(({ name, isLive }) => [name, isLive])).toEqual([
      ['a', false],
      ['b', true],
    ])
    const again = await members.announce(member('a'), times)
    expect(again?.map(({ incarnation, isLive }) => [incarnation, isLive])).toEqual([
      ['a of the test', true],
      ['b of the test', true],
    ])
  })

  test('leaves one file, and what the dead have left in between goes', async () => {
    const directory = temporaryDirectory('members')
    const members = new EmbeddedMembers({ directory, clock: Date.now })
    const dead = spawnSync(process.execPath, ['--version']).pid
    const path = join(directory, 'members')
    writeFileSync(join(path, `a.${dead}.new`), 'half of')
    writeFileSync(join(path, `b.${process.pid}.new`), 'on its way')
    for (let beat = 0; beat < 3; beat++) await members.announce(member('a'), times)
    expect(readdirSync(path).sort()).toEqual(['a.member', `b.${process.pid}.new`])
  })

  test('whose file is empty, damaged or of another version is passed over, until it speaks', async () => {
    const directory = temporaryDirectory('members')
    const members = new EmbeddedMembers({ directory, clock: Date.now })
    const path = join(directory, 'members')
    writeFileSync(join(path, 'empty.member'), '')
    writeFileSync(join(path, 'damaged.member'), Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]))
    writeFileSync(join(path, 'later.member'), pack([1, 2, 0, pack([99, 'later'])]))
    const seen = await members.announce(member('a'), times)
    expect(seen?.map(({ name }) => name)).toEqual(['a'])
    const told = await members.announce(member('empty'), times)
    expect(told?.map(({ name }) => name)).toEqual(['a', 'empty'])
  })
})
