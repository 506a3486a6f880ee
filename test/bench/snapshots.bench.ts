// How long a cold start takes that reads everything from snapshots, and what a snapshot weighs. Run it by
//
//     node test/bench/snapshots.bench.ts [--users=100000] [--follows=200] [--tweets=1000000] [--hosted=64]
//
// One state is filled and writes the snapshots of all partitions; then another process reads them all
// into an empty state, as every process does at its start, hosting the first `hosted` partitions.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type TweetId, timeOfId, type UserId } from '../../protocol/ids.ts'
import { digestOf } from '../../shard/snapshots/digest.ts'
import { openSnapshot, writeSnapshot } from '../../shard/snapshots/snapshot-file.ts'
import { ShardState } from '../../shard/state/shard-state.ts'
import { idOf, seeded } from '../unit/shard/state/seeded.ts'

const cluster = 'bench'
const partitions = 64
const text = 'A tweet of about the usual length: it says something, and then it says a little more.'

type Sizes = { users: number; follows: number; tweets: number; hosted: number }

function main(): void {
  const { values } = parseArgs({
    options: {
      users: { type: 'string', default: '100000' },
      follows: { type: 'string', default: '200' },
      tweets: { type: 'string', default: '1000000' },
      hosted: { type: 'string', default: `${partitions}` },
      read: { type: 'string' },
    },
  })
  const sizes: Sizes = {
    users: Number(values.users),
    follows: Number(values.follows),
    tweets: Number(values.tweets),
    hosted: Number(values.hosted),
  }
  if (values.read !== undefined) {
    readAll(values.read, sizes)
    return
  }
  const directory = mkdtempSync(join(tmpdir(), 'rookery-snapshots-'))
  try {
    writeAll(directory, sizes)
    const script = new URL(import.meta.url).pathname
    const options = [script, `--read=${directory}`, ...process.argv.slice(2)]
    process.stdout.write(execFileSync(process.execPath, options, { encoding: 'utf8' }))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function writeAll(directory: string, sizes: Sizes): void {
  const state = new ShardState()
  for (let partition = 0; partition < partitions; partition++) state.host(partition)
  const users = fill(state, sizes)
  const edges = state.followers.edgeCount
  const startMs = performance.now()
  let bytes = 0
  for (let partition = 0; partition < partitions; partition++) {
    const position = { epoch: 1, sequence: 1 }
    const path = join(directory, `${partition}`)
    bytes += writeSnapshot(path, state, { cluster, partition, position }).bytes
  }
  const writtenMs = performance.now() - startMs
  print('written', writtenMs, `${(bytes / 1e6).toFixed(0)} MB, ${users} users, ${edges} follows`)
}

function fill(state: ShardState, sizes: Sizes): number {
  const random = seeded(1)
  const users: number[] = []
  for (let number = 0; number < sizes.users; number++) {
    const id = idOf({ ms: 1e9 + number * 300_000 + random(1e5), partition: random(partitions) })
    const userId = id as UserId
    const name = `u${number}`
    const createdAt = timeOfId(id)
    state.noteIssuedId(id)
    state.users.setCard({ id: userId, handle: name, name, bio: '', createdAt, protected: false })
    state.accounts.create({ userId, passwordHash: 'p'.repeat(97), contact: {} })
    const tokenHash = `${number}`.padEnd(43, '-')
    state.accounts.openSession(userId, { tokenHash, expiresAtMs: 9e15 })
    users.push(state.users.index.intern(id))
  }
  for (const follower of users) {
    for (let count = 0; count < sizes.follows; count++) {
      const followee = users[random(users.length)]!
      state.stageFollower(followee, follower)
      state.stageFollowing(follower, followee)
    }
  }
  const entities = { mentions: [], hashtags: [], urls: [] }
  for (let number = 0; number < sizes.tweets; number++) {
    const author = users[random(users.length)]!
    const authorId = state.users.idOf(author)
    const partition = state.users.index.partitionOf(author)
    const id = idOf({ ms: 4e10 + number * 50, partition }) as TweetId
    state.noteIssuedId(id)
    state.tweets.put({ id, authorId, text, createdAt: timeOfId(id), entities }, author)
    state.authored.insert(author, id)
    const reader = users[random(users.length)]!
    if (number % 2 === 0) state.marks('favorites').insert(reader, id)
  }
  return users.length
}

function readAll(directory: string, { hosted, users, tweets }: Sizes): void {
  const state = new ShardState()
  for (let partition = 0; partition < hosted; partition++) state.host(partition)
  const startMs = performance.now()
  let openMs = 0
  for (const name of readdirSync(directory)) {
    const openedMs = performance.now()
    const snapshot = openSnapshot(join(directory, name), { cluster, partition: Number(name) })
    openMs += performance.now() - openedMs
    snapshot.loadInto(state)
  }
  const loadedMs = performance.now()
  const edges = state.followers.edgeCount + state.followings.edgeCount
  const endMs = performance.now()
  print('read', endMs - startMs, `of all; ${state.users.handles.size} users, ${edges} edges kept`)
  print('  verified', openMs, 'of it')
  print('  edges settled last', endMs - loadedMs, 'of it')
  print('  memory', process.memoryUsage().rss / 1e6, 'MB')
  const digestMs = performance.now()
  for (let slice = 0; slice < 100; slice++) digestOf(state, 0, { slice, slices: 32 })
  print(
    'digest of a slice',
    (performance.now() - digestMs) / 100,
    `of about ${users / 64 / 32} users`,
  )
  print('per tweet', ((endMs - startMs) * 1_000) / tweets, 'us of the whole')
}

function print(what: string, figure: number, note: string): void {
  console.log(`${what.padEnd(22)}${figure.toFixed(2).padStart(10)} ms  ${note}`)
}

main()
