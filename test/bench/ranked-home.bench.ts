// What a page of the ranked home timeline costs beside one of the latest, in process. Run it by
//
//     npm run bench -- ranked-home [--users=20000] [--follows=2000] [--tweets=400000] [--readers=400]
//
// Readers follow many, so that every timeline is full (800 entries), a third of it retweets; they have marked
// hundreds of favorites and replied often. Each reads a page of the latest, a first page in the order of rank, the
// page after that, and that page once more on a process that does not have the ranking. Timelines are built before,
// as a delivery or the first read of a session does. The times are those of the processor, so that a busy machine
// gives the same.

import { parseArgs } from 'node:util'
import { firstIdAt, type TweetId, timeOfId, type UserId } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { MessagePackWriter } from '../../protocol/message-pack.ts'
import { timelineHomeHandler } from '../../shard/operations/timeline-home.ts'
import { Rankings } from '../../shard/state/rankings.ts'
import { ShardState } from '../../shard/state/shard-state.ts'
import { idOf, seeded } from '../unit/shard/state/seeded.ts'
import { quantile } from './measure.ts'

const partitions = 64
const entities = { mentions: [], hashtags: [], urls: [] }
const text = 'A tweet of about the usual length: it says something, and then it says a little more.'
const warmUpRounds = 2

type Sizes = { users: number; follows: number; tweets: number; readers: number }
type Read = { order?: string; before?: number }

function main(): void {
  const { values } = parseArgs({
    options: {
      users: { type: 'string', default: '20000' },
      follows: { type: 'string', default: '2000' },
      tweets: { type: 'string', default: '400000' },
      readers: { type: 'string', default: '400' },
    },
  })
  const sizes: Sizes = {
    users: Number(values.users),
    follows: Number(values.follows),
    tweets: Number(values.tweets),
    readers: Number(values.readers),
  }
  const state = new ShardState()
  for (let partition = 0; partition < partitions; partition++) state.host(partition)
  const readers = fill(state, sizes)
  const times: Record<string, number[]> = {}
  for (let round = 0; round <= warmUpRounds; round++) {
    // What was compiled in the rounds before is measured in the last one.
    const isLast = round === warmUpRounds
    for (const reader of readers) measure(state, reader, isLast ? times : {})
  }
  for (const [what, microseconds] of Object.entries(times)) print(what, microseconds)
  console.log(`rankings kept: ${(state.rankings.bytes / readers.length).toFixed(0)} bytes a reader`)
}

function fill(state: ShardState, sizes: Sizes): number[] {
  const random = seeded(1)
  const users: number[] = []
  for (let number = 0; number < sizes.users; number++) {
    const id = idOf({ ms: 1e9 + number * 300, partition: random(partitions) }) as UserId
    const name = `u${number}`
    const createdAt = timeOfId(id)
    state.users.setCard({ id, handle: name, name, bio: '', createdAt, protected: false })
    users.push(state.users.index.intern(id))
  }
  const readers = users.slice(0, sizes.readers)
  for (const reader of readers) {
    for (let count = 0; count < sizes.follows; count++) {
      const followee = users[random(users.length)]!
      state.stageFollower(followee, reader)
      state.stageFollowing(reader, followee)
    }
  }
  const ids: TweetId[] = []
  for (let number = 0; number < sizes.tweets; number++) {
    const author = users[random(users.length)]!
    ids.push(post(state, author, { ms: 4e10 + number * 200, kind: random(3), ids, random }))
    for (let marks = random(3); marks > 0; marks--) {
      favor(state, readers[random(readers.length)]!, ids[random(ids.length)]!)
    }
  }
  return readers
}

/** A tweet, a reply, or the retweet of a recent one: a few are retweeted by very many. */
function post(
  state: ShardState,
  author: number,
  given: { ms: number; kind: number; ids: TweetId[]; random: (below: number) => number },
): TweetId {
  const { ms, kind, ids, random } = given
  const authorId = state.users.idOf(author)
  const id = idOf({ ms, partition: state.users.index.partitionOf(author) }) as TweetId
  const body = { id, authorId, createdAt: timeOfId(id), entities }
  const back = random(4) === 0 ? 1 + random(5_000) : 1_000 * (1 + random(20))
  const other = ids.length > back ? state.tweets.find(ids[ids.length - back]!) : -1
  const original = other < 0 || state.tweets.isRetweet(other) ? -1 : other
  if (kind === 0 && original >= 0) {
    state.tweets.put({ ...body, text: '', retweetOf: state.tweets.idOf(original) }, author)
    state.retweetsOf.insert(original, id)
    state.tweets.retweets.add(original, 1)
  } else if (kind === 1 && original >= 0) {
    const inReplyTo = state.tweets.idOf(original)
    state.tweets.put({ ...body, text, inReplyTo }, author, state.tweets.authorOf(original))
    state.repliesTo.insert(original, id)
  } else {
    state.tweets.put({ ...body, text }, author)
  }
  state.authored.insert(author, id)
  return id
}

function favor(state: ShardState, reader: number, tweetId: TweetId): void {
  const tweet = state.tweets.find(tweetId)
  state.tweets.favorites.add(tweet, 1)
  if (state.marks('favorites').insert(reader, tweetId)) state.favoriteOrder.add(reader, tweet)
}

const writer = new MessagePackWriter()

function measure(state: ShardState, reader: number, times: Record<string, number[]>): void {
  const context = {
    actor: state.users.idOf(reader),
    actorIndex: reader,
    partition: state.users.index.partitionOf(reader),
    partitionCount: partitions,
    nowMs: timeOfId(idOf({ ms: 4e10 + 9e7 })),
    liveEpoch: 'k3x9',
    subscriptions: undefined,
    tokenHash: undefined,
  }
  const read = (what: string, params: Read): void => {
    writer.reset()
    const start = process.cpuUsage()
    timelineHomeHandler.read(state, context, params, writer)
    const { user, system } = process.cpuUsage(start)
    times[what] ??= []
    times[what].push(user + system)
  }
  const before = cursorOf(context.nowMs)
  read('built', {})
  read('latest', {})
  read('top, first page', { order: 'top' })
  read('top, next page', { order: 'top', before })
  const { rankings } = state
  Object.assign(state, { rankings: new Rankings() })
  read('top, ranking lost', { order: 'top', before })
  Object.assign(state, { rankings })
}

/** Where the second page of a ranking of this moment begins. */
function cursorOf(nowMs: number): number {
  return firstIdAt(nowMs + 2) - 2 - (pageLimitDefault - 1)
}

function print(what: string, microseconds: readonly number[]): void {
  const figures = [0.5, 0.99, 1].map((part) => quantile(microseconds, part).toFixed(0).padStart(8))
  console.log(
    `${what.padEnd(20)}${figures.join('')} us (p50, p99, longest of ${microseconds.length})`,
  )
}

main()
