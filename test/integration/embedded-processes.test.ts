import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { type Acknowledge, openEmbeddedLog } from '../../shard/replication/embedded/embedded.ts'
import type { LogEntry, ReplicationLog } from '../../shard/replication/log.ts'
import { logStart } from '../../shard/replication/position.ts'
import { childPartitionCount } from '../helpers/embedded-log-child.ts'
import { eventually } from '../helpers/eventually.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const program = new URL('../helpers/embedded-log-child.ts', import.meta.url).pathname

type Child = {
  /** The last sequence that it reported as acknowledged. */
  acknowledged(): number
  output(): string
  /** Ends it without a chance to say goodbye. */
  kill(): Promise<void>
}

function startChild(
  directory: string,
  { partition, acknowledge = 'log' }: { partition: number; acknowledge?: Acknowledge },
): Child {
  const args = [program, directory, String(partition), acknowledge, '200']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let acknowledged = 0
  let output = ''
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    output += `${line}\n`
    const [event, value] = line.split(' ')
    if (event === 'acknowledged') acknowledged = Number(value)
  })
  const ended = once(lines, 'close')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)
  return { acknowledged: () => acknowledged, output: () => output, kill }
}

async function openLog(directory: string): Promise<ReplicationLog> {
  const options = { directory, partitionCount: childPartitionCount, acknowledge: 'log' } as const
  const log = await openEmbeddedLog(options)
  onTestFinished(() => log.close())
  return log
}

function written(child: Child, count: number): Promise<boolean> {
  return eventually(() => child.acknowledged() >= count, {
    withinMs: 15_000,
    elseDump: child.output,
  })
}

/** Every payload of the child begins with its own position. */
function expectWhole(entries: readonly LogEntry[]): void {
  let previous = logStart
  for (const entry of entries) {
    expect(entry.previous).toEqual(previous)
    const { epoch, sequence } = entry.position
    const name = `${epoch}-${sequence};`
    if (!entry.isBarrier) expect(Buffer.from(entry.payload).toString()).toMatch(name)
    previous = entry.position
  }
}

test.each(['log', 'sync'] as const)(
  'I1: what a killed process has acknowledged is there (%s)',
  async (acknowledge) => {
    const directory = temporaryDirectory('log')
    for (let round = 0; round < 2; round++) {
      const child = startChild(directory, { partition: round, acknowledge })
      await written(child, 100)
      await child.kill()
      const log = await openLog(directory)
      const found = await log.read({ partition: round, after: logStart, limit: 1_000_000 })
      expect(found.length).toBeGreaterThanOrEqual(child.acknowledged())
      expectWhole(found)
      const lease = await log.acquire({ partition: round, node: 'x', ttlMs: 1, minEpoch: 0 })
      expect(lease).toMatchObject({ outcome: 'granted', last: found.at(-1)?.position })
      await log.close()
    }
  },
)

test('a tail sees what another process appends, while it does', async () => {
  const directory = temporaryDirectory('log')
  const log = await openLog(directory)
  const seen: LogEntry[] = []
  log.tail(new Map([[3, logStart]]), {
    onEntries: (_, entries) => seen.push(...entries),
    onError: (error) => {
      throw error
    },
  })
  const child = startChild(directory, { partition: 3 })
  await written(child, 300)
  await child.kill()
  await eventually(() => seen.length >= child.acknowledged(), { withinMs: 5000 })
  expectWhole(seen)
})

// LMDB could set the number of the newest transaction back when a process opened the log while
// another one committed, and the commit was lost. The gate keeps the two apart.
test('I1: processes that open the log while others write lose none of their writes', async () => {
  const directory = temporaryDirectory('log')
  const children = [0, 1].map((partition) => startChild(directory, { partition }))
  for (const child of children) await written(child, 10)
  // In this process nobody else has the log open, so each of these opens the database anew.
  for (let round = 0; round < 40; round++) {
    const log = await openLog(directory)
    await log.close()
  }
  // A process that has lost a commit gets a gap for an answer and ends with `failed`.
  for (const child of children) {
    await written(child, child.acknowledged() + 50)
    await child.kill()
    expect(child.output()).not.toContain('failed')
  }
  const log = await openLog(directory)
  for (const [partition, child] of children.entries()) {
    const found = await log.read({ partition, after: logStart, limit: 1_000_000 })
    expect(found.length).toBeGreaterThanOrEqual(child.acknowledged())
    expectWhole(found)
  }
})
