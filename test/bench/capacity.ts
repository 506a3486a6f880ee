// How many users fit: a shard's state with all users, everybody's follows in both directions, and full
// timelines for a tenth of them, as resident memory. Run by
//
//     npm run bench -- capacity [--users 10000000] [--follows 200] [--changed 1] [--write]
//
// 10 million users with 200 follows each are 2 billion edges and 4 billion list entries: about 20 GB, and
// many minutes. It stops by itself where the machine runs out of memory. A smaller number of users has
// smaller gaps between followers, so fewer bytes each: it does not stand for the large one.
//
// Everybody's lists are made at once (user k follows 200 shuffles of k, which can be turned round to get
// the followers), then `changed` percent of the follows are exchanged one by one.

import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import type { UserId } from '../../protocol/ids.ts'
import { bytesPromised } from '../../shard/address-space.ts'
import { atOnce } from '../../shard/state/memory/set-aside.ts'
import { provenanceOf } from '../fault/suite/report.ts'
import { peakMemoryBytes } from '../helpers/cluster-processes.ts'
import { availableBytes, residentBytes } from './engine/measure.ts'
import { engineResults } from './engine/results.ts'
import { World } from './engine/world.ts'
import { randomFrom, Shuffle } from './graphs.ts'
import type { Row } from './measure.ts'
import { printRow, writePart } from './report.ts'

const residentGoal = { atMost: 20 }
/** Left to the system and its other users. */
const availableBytesMin = 2 ** 30
/** Users between two looks at the clock and at the memory. */
const usersPerStep = 10_000
const tweetsPerUser = 5
const activePart = 0.1

type Sizes = { readonly users: number; readonly follows: number; readonly changed: number }

function main(): void {
  const { values } = parseArgs({
    options: {
      users: { type: 'string', default: '10000000' },
      follows: { type: 'string', default: '200' },
      changed: { type: 'string', default: '1' },
      write: { type: 'boolean', default: false },
    },
  })
  const { users, follows, changed } = values
  const sizes = { users: Number(users), follows: Number(follows), changed: Number(changed) }
  const command = ['npm run bench -- capacity', ...process.argv.slice(2)].join(' ')
  // Asks other programs, which a process with much memory set aside cannot start.
  const provenance = provenanceOf(command)
  atOnce.bytesMax = bytesPromised()
  const rows = measure(sizes)
  for (const row of rows) printRow(row)
  const part = { name: 'capacity', provenance, sizes, rows }
  process.exitCode = writePart(engineResults, part, values.write ? 'write' : 'show')
}

function measure(sizes: Sizes): Row[] {
  const startMs = performance.now()
  const world = new World(sizes.users)
  const { state } = world
  const atStart = residentBytes()
  step('users', sizes.users, (user) => world.introduce(user))
  const withUsers = residentBytes()
  writeEdges(world, sizes)
  changeEdges(world, sizes)
  const edges = state.followers.edgeCount + state.followings.edgeCount
  const withEdges = residentBytes()
  for (let tweet = 0; tweet < tweetsPerUser; tweet++) {
    step('tweets', sizes.users, (user) => {
      const author = world.indexes[user]!
      state.authored.insert(author, world.nextTweetId(author))
    })
  }
  const withTweets = residentBytes()
  const active = Math.round(sizes.users * activePart)
  step('timelines', active, (user) => world.readHome(world.indexes[user]!))
  const resident = residentBytes()
  const bytesPerEdge = (state.followers.bytes + state.followings.bytes) / edges
  const minutes = (performance.now() - startMs) / 60_000
  const gigabytes = (what: string, bytes: number, note: string): Row => {
    return { what, value: bytes / 1e9, unit: 'GB', note }
  }
  const note = `${sizes.users} users, ${edges} list entries, ${active} full timelines; ${minutes.toFixed(1)} minutes`
  return [
    { ...gigabytes('resident, all of the process', resident, note), goal: residentGoal },
    gigabytes('resident at its highest', peakMemoryBytes(process.pid), ''),
    gigabytes('of it: users and cards', withUsers - atStart, ''),
    gigabytes(
      'of it: follows, both directions',
      withEdges - withUsers,
      `${sizes.changed}% exchanged`,
    ),
    gigabytes('of it: ids of tweets', withTweets - withEdges, `${tweetsPerUser} by each`),
    gigabytes('of it: timelines', resident - withTweets, `${active}`),
    { what: 'follow edges', value: bytesPerEdge, unit: 'bytes', note: 'each direction, as held' },
  ]
}

/** Goes through all users with a progress bar, and stops where memory runs out. */
function step(what: string, total: number, visit: (user: number) => void): void {
  const bar = new SingleBar({
    format: `${what.padEnd(10)} {bar} {percentage}% | {eta_formatted} | {gigabytes} GB`,
    etaBuffer: 50,
  })
  bar.start(total, 0, { gigabytes: '0.0' })
  for (let user = 0; user < total; user++) {
    visit(user)
    if (user % usersPerStep !== 0) continue
    bar.update(user, { gigabytes: (process.memoryUsage.rss() / 1e9).toFixed(1) })
    if (availableBytes() > availableBytesMin) continue
    bar.stop()
    throw new Error(`out of memory at ${user} of ${total} (${what}): try --users`)
  }
  bar.update(total)
  bar.stop()
}

function writeEdges({ state, indexes }: World, { users, follows }: Sizes): void {
  const shuffles = Array.from({ length: follows }, (_, number) => new Shuffle(users, number + 1))
  step('follows', users, (user) => {
    const index = indexes[user]!
    for (const shuffle of shuffles) {
      state.stageFollowing(index, indexes[shuffle.to(user)]!)
      state.stageFollower(index, indexes[shuffle.from(user)]!)
    }
    state.users.following.add(index, follows)
    state.users.followers.add(index, follows)
  })
}

/** Exchanges some of the follows: in random order, as people do it. */
function changeEdges({ state, indexes }: World, { users, follows, changed }: Sizes): void {
  const random = randomFrom(61)
  const found = new Uint32Array(1)
  const idOf = (user: number): UserId => state.users.idOf(user)
  const somebody = (): UserId => idOf(indexes[random.below(users)]!)
  step('changes', Math.round((users * follows * changed) / 100), () => {
    const follower = indexes[random.below(users)]!
    const range = { from: random.below(indexes.length), to: state.users.index.indexEnd }
    if (state.followings.copyTo(follower, range, found) === 0) return
    state.unfollow(idOf(follower), idOf(found[0]!))
    state.follow(somebody(), somebody())
  })
}

main()
