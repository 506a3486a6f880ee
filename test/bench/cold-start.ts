// How long a whole cluster takes from nothing to ready, with a past to recover: from snapshots and log, and
// from the log alone. Run it by
//
//     node test/bench/cold-start.ts [--redis] [--users 100000] [--tweets 1000000] [--follows 20]
//                                   [--runs 3] [--skip-log-only] [--keep DIRECTORY]
//
// It fills an embedded log, or that of a Redis of its own; the newest snapshots hold all but the last
// entries, which stay in the log. Then `server/cluster.ts` starts as `npm start` does, until the gateway
// says that it is ready, and tells what it knows of a few people, which is compared. With `--keep` the
// directory of an embedded log is filled once and used again. Linux only: it reads /proc.

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openEmbeddedLog } from '../../shard/replication/embedded/embedded.ts'
import type { ReplicationLog } from '../../shard/replication/log.ts'
import { openRedisLog } from '../../shard/replication/redis/redis.ts'
import { clusterProcesses, memoryBytes, processorMs } from '../helpers/cluster-processes.ts'
import { eventually } from '../helpers/eventually.ts'
import { FilledLog, forgetSnapshots } from '../helpers/filled-log.ts'
import { Past, type PastPerson } from '../helpers/past.ts'
import { checkPeople } from '../helpers/past-check.ts'
import { freePort, type RedisServer, startRedis } from '../helpers/redis-server.ts'

const program = fileURLToPath(new URL('../../server/cluster.ts', import.meta.url))
const partitionCount = 64
/** Of the entries; the others have come since. */
const shareInSnapshots = 0.95
const shardCount = 2
const readyMsMax = 3 * 60 * 1000

/** What is there for the cluster to start from. */
type Filled = {
  readonly entries: number
  readonly snapshotBytes: number
  readonly people: readonly PastPerson[]
}
type Place = { readonly directory: string; readonly redis: RedisServer | undefined }
type Shard = {
  readonly name: string
  readonly recoveredMs: number
  /** All threads, the start of Node included. */
  readonly processorMs: number
  readonly rssBytes: number
}
type Start = { readonly readyMs: number; readonly shards: readonly Shard[] }

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      redis: { type: 'boolean', default: false },
      users: { type: 'string', default: '100000' },
      tweets: { type: 'string', default: '1000000' },
      follows: { type: 'string', default: '20' },
      runs: { type: 'string', default: '3' },
      'skip-log-only': { type: 'boolean', default: false },
      keep: { type: 'string' },
    },
  })
  const { users, tweets, follows } = values
  const sizes = { users: Number(users), tweets: Number(tweets), follows: Number(follows) }
  const directory = values.keep ?? mkdtempSync(join(tmpdir(), 'rookery-cold-start-'))
  mkdirSync(directory, { recursive: true })
  const redis = values.redis ? await startRedis() : undefined
  const place = { directory, redis }
  try {
    const filled = await fillOnce(place, new Past(sizes))
    console.log(`${filled.entries} entries, ${mebibytes(filled.snapshotBytes)} MiB of snapshots`)
    for (let run = 1; run <= Number(values.runs); run++) {
      print(`snapshots and log, run ${run}`, await measure(place, filled))
    }
    if (!values['skip-log-only']) print('log alone', await measureLogAlone(place, filled))
  } finally {
    await redis?.stop()
    if (values.keep === undefined) rmSync(directory, { recursive: true, force: true })
  }
}

function openLog({ directory, redis }: Place): Promise<ReplicationLog> {
  if (redis === undefined) return openEmbeddedLog({ directory, partitionCount, acknowledge: 'log' })
  return openRedisLog({ url: redis.url, cluster: 'rookery', partitionCount, acknowledge: 'log' })
}

async function fillOnce(place: Place, past: Past): Promise<Filled> {
  const note = join(place.directory, 'filled.json')
  if (existsSync(note)) return JSON.parse(readFileSync(note, 'utf8')) as Filled
  const log = await openLog(place)
  try {
    const filler = new FilledLog(log, past)
    await filler.writeUpTo(shareInSnapshots)
    const snapshotBytes = await filler.makeSnapshots(place.directory)
    await filler.writeUpTo(1)
    await filler.end()
    const filled = { entries: filler.written, snapshotBytes, people: past.people() }
    writeFileSync(note, JSON.stringify(filled))
    return filled
  } finally {
    await log.close()
  }
}

async function measureLogAlone(place: Place, filled: Filled): Promise<Start> {
  const log = await openLog(place)
  const recordAgain = await forgetSnapshots(log)
  await log.close()
  const snapshots = join(place.directory, 'snapshots')
  renameSync(snapshots, `${snapshots}-aside`)
  try {
    return await measure(place, filled)
  } finally {
    rmSync(snapshots, { recursive: true, force: true })
    renameSync(`${snapshots}-aside`, snapshots)
    const again = await openLog(place)
    await recordAgain(again)
    await again.close()
  }
}

/** Starts a cluster, waits until it is ready, compares, and ends it at once. */
async function measure({ directory, redis }: Place, { people }: Filled): Promise<Start> {
  const port = await freePort()
  const startedAtMs = performance.now()
  const child = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      ROOKERY_DATA_DIR: directory,
      ROOKERY_PORT: String(port),
      ...(redis === undefined ? {} : { ROOKERY_REDIS_URL: redis.url }),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await until(child, () => isReady(url))
    const readyMs = performance.now() - startedAtMs
    await checkPeople(url, people)
    // With replicas the cluster is ready before all of its shards are.
    await until(child, () => recoveries(output).size === shardCount)
    const shards = shardsOf(directory, recoveries(output))
    return { readyMs, shards }
  } catch (error) {
    console.error(output.slice(-4_000))
    throw error
  } finally {
    await end(child)
  }
}

async function until(
  child: ChildProcess,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const isThere = async (): Promise<boolean> => child.exitCode !== null || (await condition())
  await eventually(isThere, { withinMs: readyMsMax })
  if (child.exitCode !== null) throw new Error(`the cluster ended with code ${child.exitCode}`)
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).status === 200
  } catch {
    // Nobody listens yet.
    return false
  }
}

/** By name of the shard, in how many milliseconds. */
function recoveries(output: string): ReadonlyMap<string, number> {
  const lines = output.matchAll(
    /"name":"(shard-\d+)","pid":\d+,"ms":(\d+),"msg":"recovered from the log"/g,
  )
  return new Map([...lines].map(([, name, ms]) => [String(name), Number(ms)]))
}

function shardsOf(directory: string, recoveredMs: ReadonlyMap<string, number>): readonly Shard[] {
  return clusterProcesses(directory)
    .filter(({ name }) => recoveredMs.has(name))
    .map(({ pid, name }) => ({
      name,
      recoveredMs: recoveredMs.get(name)!,
      processorMs: processorMs(pid),
      rssBytes: memoryBytes(pid),
    }))
}

/** Ends it in good order: the next start need not wait for leases of this one. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGTERM')
  await ended
}

function print(what: string, { readyMs, shards }: Start): void {
  const each = shards.map(
    ({ name, recoveredMs, processorMs: usedMs, rssBytes }) =>
      `${name}: recovery ${seconds(recoveredMs)} s, processor ${seconds(usedMs)} s, ${mebibytes(rssBytes)} MiB`,
  )
  console.log(`${what.padEnd(26)}${seconds(readyMs)} s to ready; ${each.join('; ')}`)
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2).padStart(6)
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0)
}

await main()
