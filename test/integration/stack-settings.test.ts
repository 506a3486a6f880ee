// A start that cannot be: one sentence on stderr, exit code 1, and nothing left running.

import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { ChildProgram } from '../helpers/child-program.ts'
import { clusterProcesses } from '../helpers/cluster-processes.ts'
import { RunningCluster, runningCluster } from '../helpers/running-cluster.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

/** Starts, expects it to end with 1, and gives what it wrote to stderr. */
async function refusal(
  env: Readonly<Record<string, string>>,
  directory = temporaryDirectory('settings'),
): Promise<string> {
  await using cluster = new RunningCluster({ env, directory })
  cluster.begin()
  const exit = await cluster.untilExited()
  expect(exit, cluster.output).toEqual({ code: 1, signal: null })
  expect(cluster.processes()).toEqual([])
  expect(cluster.output).not.toContain('Rookery is ready.')
  return cluster.errors
}

const oneSentence = /^[^\n]+\n$/

test.each([
  [
    { ROOKERY_SHRADS: '3' },
    'ROOKERY_SHRADS is not a setting of Rookery: did you mean ROOKERY_SHARDS?',
  ],
  [{ ROOKERY_SHARDS: 'two' }, 'ROOKERY_SHARDS must be a whole number from 1 to 64'],
  [{ ROOKERY_PARTITIONS: '1000' }, 'ROOKERY_PARTITIONS must be a whole number from 1 to 256'],
  [{ ROOKERY_PORT: '65536' }, 'ROOKERY_PORT must be a whole number from 0 to 65535'],
  [{ ROOKERY_SOCKET_RATE: '-1' }, 'ROOKERY_SOCKET_RATE must be'],
  [{ ROOKERY_ACK: 'never' }, 'ROOKERY_ACK must be one of'],
  [{ ROOKERY_SESSION_LIFETIME: '0' }, 'ROOKERY_SESSION_LIFETIME must be'],
  [{ ROOKERY_HOST: 'no-such-host.invalid' }, 'no-such-host.invalid'],
] as const)('%j is refused in one sentence', async (env, words) => {
  const errors = await refusal({ ...env })
  expect(errors).toMatch(oneSentence)
  expect(errors).toContain(words)
})

test('a port in use is refused in one sentence', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  const errors = await refusal({ ROOKERY_PORT: String(port) })
  expect(errors).toMatch(oneSentence)
  expect(errors).toContain(`Port ${port} on 127.0.0.1 is in use`)
})

test('another number of partitions than at the first start is refused in one sentence', async () => {
  const directory = temporaryDirectory('settings')
  {
    await using first = await runningCluster({ directory, env: { ROOKERY_PARTITIONS: '32' } })
    expect((await first.stop()).code).toBe(0)
  }
  const errors = await refusal({ ROOKERY_PARTITIONS: '64' }, directory)
  expect(errors).toMatch(oneSentence)
  expect(errors).toContain('ROOKERY_PARTITIONS is 64 but this data directory was created with 32')
})

test('a shard that others can reach is refused without a secret', async () => {
  const directory = temporaryDirectory('settings')
  const shard = new ChildProgram(fileURLToPath(new URL('../../shard/main.ts', import.meta.url)), {
    ROOKERY_SHARD_HOST: '0.0.0.0',
    ROOKERY_DATA_DIR: directory,
  })
  expect(await shard.exited).toEqual({ code: 1, signal: null })
  expect(shard.output).toMatch(oneSentence)
  expect(shard.output).toContain('set ROOKERY_CLUSTER_SECRET')
  expect(clusterProcesses(directory)).toEqual([])
})

test('a data directory that cannot be written is refused in one sentence', async () => {
  const directory = temporaryDirectory('settings')
  const inTheWay = join(directory, 'file')
  writeFileSync(inTheWay, 'a file, and no directory')
  // Nobody may make a directory in /sys, the superuser included.
  for (const path of [join(inTheWay, 'data'), inTheWay, '/sys/rookery']) {
    const errors = await refusal({}, path)
    expect(errors, path).toMatch(oneSentence)
    expect(errors).toContain(path)
  }
})
