// The supervisor over stand-in children: real processes, real signals, no gateway and no shard.

import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ChildProgram } from '../helpers/child-program.ts'
import { eventually } from '../helpers/eventually.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const program = fileURLToPath(new URL('../helpers/fake-cluster.ts', import.meta.url))

function cluster(options: { directory?: string; env?: Record<string, string> } = {}) {
  const directory = options.directory ?? temporaryDirectory('supervisor')
  return new ChildProgram(program, {
    ROOKERY_PORT: '0',
    ROOKERY_DATA_DIR: directory,
    ...options.env,
  })
}

function until<T>(started: ChildProgram, condition: () => T): Promise<NonNullable<T>> {
  return eventually(condition, { withinMs: 15_000, elseDump: () => started.output })
}

const isReady = (started: ChildProgram) => started.output.includes('Rookery is ready.')

/** What the gateway was told last, once it knows `count` shards. */
async function addressesOf(started: ChildProgram, count: number): Promise<Record<string, string>> {
  await until(started, () => isReady(started))
  return until(started, () => {
    const addresses = addressesTold(started, 'gateway-0').at(-1) ?? {}
    return Object.keys(addresses).length === count ? addresses : undefined
  })
}

/** The pids under which a child was started, in order. */
function pidsOf(started: ChildProgram, name: string): number[] {
  return started.objects
    .filter((object) => object['name'] === name && typeof object['started'] === 'number')
    .map((object) => object['started'] as number)
}

function addressesTold(started: ChildProgram, gateway: string): Record<string, string>[] {
  return started.objects
    .filter((object) => object['name'] === gateway && object['told'] !== undefined)
    .map((object) => (object['told'] as { addresses: Record<string, string> }).addresses)
}

describe('the start', () => {
  test('all processes come up with names, one secret and the addresses of the shards', async () => {
    const started = cluster({ env: { ROOKERY_SHARDS: '3', ROOKERY_PARTITIONS: '16' } })
    await until(started, () => isReady(started))
    const children = started.objects.filter((object) => object['started'] !== undefined)
    expect(children.map((child) => child['name']).sort()).toEqual([
      'gateway-0',
      'shard-0',
      'shard-1',
      'shard-2',
    ])
    expect(new Set(children.map((child) => child['secret'])).size).toBe(1)
    expect(String(children[0]!['secret'])).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(children.map((child) => child['parts']))).toEqual(new Set(['16']))
    expect(new Set(children.map((child) => child['names']))).toEqual(
      new Set(['shard-0,shard-1,shard-2']),
    )
    const last = await addressesOf(started, 3)
    expect(last['shard-0']).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(started.output).toMatch(/WebSocket {2}ws:\/\/127\.0\.0\.1:\d+\/v1\/live/)
  })

  test('addresses of another cluster in the environment are not those of this one', async () => {
    const env = {
      ROOKERY_SHARD_ADDRESS: '10.0.0.1:4001',
      ROOKERY_SHARD_ADDRESSES: 'shard-0=10.0.0.1:4001,shard-1=10.0.0.2:4001',
    }
    const started = cluster({ env })
    await until(started, () => isReady(started))
    const children = started.objects.filter((object) => object['started'] !== undefined)
    const addresses = children.flatMap((child) => child['addresses'])
    expect(addresses.filter((address) => String(address).includes('10.0.0'))).toEqual([])
  })

  test('a port in use is one sentence and exit code 1, before anything is started', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const started = cluster({ env: { ROOKERY_PORT: String(port) } })
    expect((await started.exited).code).toBe(1)
    expect(started.output).toBe(
      `Port ${port} on 127.0.0.1 is in use, so Rookery cannot listen there: stop the other program or choose another port.\n`,
    )
  })

  test('wrong and unknown settings stop the start, each with its sentence', async () => {
    const misspelt = cluster({ env: { ROOKERY_SHARD: '2' } })
    expect((await misspelt.exited).code).toBe(1)
    expect(misspelt.output).toContain('ROOKERY_SHARD is not a setting of Rookery')
    const wrong = cluster({ env: { ROOKERY_SHARDS: 'two', ROOKERY_PARTITIONS: '1000' } })
    expect((await wrong.exited).code).toBe(1)
    expect(wrong.output.trim().split('\n')).toHaveLength(2)
  })

  test('a child that refuses its first start ends the whole start with its own sentence', async () => {
    const directory = temporaryDirectory('supervisor')
    for (const name of ['shard-0', 'shard-1']) {
      writeFileSync(join(directory, `${name}.refuse`), 'The data is of a newer version.')
    }
    const started = cluster({ directory })
    expect((await started.exited).code).toBe(1)
    expect(started.output.split('The data is of a newer version.')).toHaveLength(2)
    expect(started.output).not.toContain('Rookery is ready.')
  })
})

test('a cluster is not announced while one process is not ready, and can be ended all the same', async () => {
  const directory = temporaryDirectory('supervisor')
  writeFileSync(join(directory, 'shard-1.silent'), '')
  const started = cluster({ directory })
  await until(started, () => pidsOf(started, 'shard-1').length === 1)
  await until(started, () => addressesTold(started, 'gateway-0').length === 1)
  started.signal('SIGTERM')
  expect((await started.exited).code).toBe(0)
  expect(started.output).not.toContain('Rookery is ready.')
})

describe('while it runs', () => {
  test('a killed shard comes back at once, and gateways learn its new address', async () => {
    const started = cluster()
    const before = await addressesOf(started, 2)
    process.kill(pidsOf(started, 'shard-1')[0]!, 'SIGKILL')
    const after = await until(started, () => {
      const addresses = addressesTold(started, 'gateway-0').at(-1) ?? {}
      return addresses['shard-1'] === before['shard-1'] ? undefined : addresses
    })
    expect(after['shard-0']).toBe(before['shard-0'])
    expect(pidsOf(started, 'shard-1')).toHaveLength(2)
  })

  test('a killed gateway comes back on the port that clients know', async () => {
    const started = cluster()
    await until(started, () => isReady(started))
    const url = /http:\/\/127\.0\.0\.1:(\d+)\n/.exec(started.output)!
    process.kill(pidsOf(started, 'gateway-0')[0]!, 'SIGKILL')
    await until(started, () => pidsOf(started, 'gateway-0').length === 2)
    const connected = await until(started, async () => canConnect(Number(url[1])))
    expect(connected).toBe(true)
    expect(await addressesOf(started, 2)).toHaveProperty('shard-1')
  })
})

describe('the end', () => {
  test('SIGTERM drains gateways first, then shards, and exits 0', async () => {
    const started = cluster()
    await until(started, () => isReady(started))
    started.signal('SIGTERM')
    expect(await started.exited).toEqual({ code: 0, signal: null })
    const drained = started.objects.filter((object) => object['drained'] !== undefined)
    expect(drained.map((object) => object['name'])[0]).toBe('gateway-0')
    expect(drained).toHaveLength(3)
  })

  test('when the supervisor is killed, its children notice and drain', async () => {
    const started = cluster()
    await until(started, () => isReady(started))
    started.signal('SIGKILL')
    await started.exited
    const reasons = started.objects.map((object) => object['drained']).filter(Boolean)
    expect(reasons).toEqual(Array(3).fill('the supervisor is gone'))
  })

  test('a second signal ends a drain that hangs', async () => {
    const directory = temporaryDirectory('supervisor')
    writeFileSync(join(directory, 'gateway-0.stuck'), '')
    const started = cluster({ directory })
    await until(started, () => isReady(started))
    started.signal('SIGINT')
    await until(started, () => started.output.includes('draining'))
    const isGone = started.exited.then(() => true)
    // Within half a second the signal counts as the same wish, so it is repeated until it is obeyed.
    const repeat = setInterval(() => started.signal('SIGINT'), 100)
    onTestFinished(() => clearInterval(repeat))
    expect(await isGone).toBe(true)
    expect((await started.exited).code).toBe(1)
  })
})

async function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
