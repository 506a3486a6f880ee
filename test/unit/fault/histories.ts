// A small history in which every promise was kept, for tests that break one of them.
//
// Two authors in two partitions; a reader who follows both, lost her socket once, and went on where she was.

import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { check } from '../../fault/suite/checker.ts'
import type { History, Stream, StreamItem, Write } from '../../fault/suite/history.ts'
import type {
  Observation,
  SeenEntry,
  SeenLog,
  SeenTweet,
  SeenUser,
} from '../../fault/suite/observation.ts'
import type { RuleName } from '../../fault/suite/violation.ts'
import { countByRule } from '../../fault/suite/violation.ts'

export const ada = 1 as UserId
export const bob = 2 as UserId
export const eve = 3 as UserId
const partitions: Readonly<Record<number, number>> = { [ada]: 0, [bob]: 1, [eve]: 2 }

type Sent = { readonly key: string; readonly actorId: UserId; readonly atMs: number }

/** Acknowledged 5 ms after it was sent, unless said otherwise. */
export function post(
  { key, actorId, atMs }: Sent,
  told: { readonly tweetId: number; readonly outcome?: Write['outcome'] },
): Write {
  const { tweetId, outcome = 'acknowledged' } = told
  const ended = { endedAtMs: atMs + 5, outcome }
  const partition = partitions[actorId] ?? 0
  const sent = { key, kind: 'post', actorId, partition, targetId: 0, invokedAtMs: atMs } as const
  return outcome === 'acknowledged'
    ? { ...sent, ...ended, tweetId: tweetId as TweetId }
    : { ...sent, ...ended }
}

export function mark(
  kind: Exclude<Write['kind'], 'post'>,
  pair: { readonly actorId: UserId; readonly targetId: number },
  told: { readonly atMs: number; readonly outcome?: Write['outcome'] },
): Write {
  const { atMs, outcome = 'acknowledged' } = told
  const partition = partitions[pair.actorId] ?? 0
  const key = `${kind}-${atMs}`
  return { key, kind, ...pair, partition, invokedAtMs: atMs, endedAtMs: atMs + 5, outcome }
}

export function tweet(id: number, authorId: UserId, key: string, favorites = 0): SeenTweet {
  return { id: id as TweetId, authorId, key, favorites }
}

export function item(id: number, authorId: UserId, key: string): StreamItem {
  return { tweetId: id as TweetId, authorId, key, atMs: 0 }
}

export function entry(sequence: number, keys: readonly string[], epoch = 1): SeenEntry {
  return { position: { epoch, sequence }, previous: { epoch, sequence: sequence - 1 }, keys }
}

const barrier: SeenEntry = {
  position: { epoch: 1, sequence: 1 },
  previous: { epoch: 0, sequence: 0 },
  keys: [],
}

export function log(partition: number, entries: readonly SeenEntry[]): SeenLog {
  return { partition, isWhole: true, entries: [barrier, ...entries] }
}

function person(id: UserId, parts: Partial<Omit<SeenUser, 'id'>>): SeenUser {
  const { profile = [], home = [], following = [] } = parts
  const counts = { tweets: profile.length, followers: 0, following: following.length }
  return { id, profile, home, following, counts, ...parts }
}

/** The parts of a good run; a test replaces one of them. */
export type Run = { readonly history: History; readonly observation: Observation }

export function goodRun(): { -readonly [K in keyof Run]: Run[K] } {
  const adas = [tweet(30, ada, 'a-3'), tweet(20, ada, 'a-2', 1), tweet(10, ada, 'a-1')]
  const bobs = [tweet(25, bob, 'b-1')]
  const home = [adas[0], bobs[0], adas[1], adas[2]] as SeenTweet[]
  const counts = { tweets: 3, followers: 1, following: 0 }
  return {
    history: {
      writes: [
        mark('follow', { actorId: eve, targetId: ada }, { atMs: 0 }),
        mark('follow', { actorId: eve, targetId: bob }, { atMs: 10 }),
        post({ key: 'a-1', actorId: ada, atMs: 100 }, { tweetId: 10 }),
        post({ key: 'a-2', actorId: ada, atMs: 200 }, { tweetId: 20 }),
        post({ key: 'b-1', actorId: bob, atMs: 250 }, { tweetId: 25 }),
        post({ key: 'a-3', actorId: ada, atMs: 300 }, { tweetId: 30 }),
        post({ key: 'b-2', actorId: bob, atMs: 350 }, { tweetId: 0, outcome: 'unknown' }),
        mark('favorite', { actorId: eve, targetId: 20 }, { atMs: 400 }),
      ],
      streams: [stream()],
    },
    observation: {
      users: new Map([
        [ada, person(ada, { profile: adas, home: adas, counts })],
        [bob, person(bob, { profile: bobs, home: bobs, counts: { ...counts, tweets: 1 } })],
        [eve, person(eve, { home, following: [ada, bob] })],
      ]),
      logs: [
        log(0, [entry(2, ['a-1']), entry(3, ['a-2']), entry(4, ['a-3'])]),
        log(1, [entry(2, ['b-1'])]),
      ],
      epochs: [
        { observer: 'shard-0', partition: 0, epoch: 1 },
        { observer: 'shard-1', partition: 0, epoch: 2 },
      ],
      digests: [
        { process: 'shard-0', partition: 0, position: '1-4', digest: 'abc' },
        { process: 'shard-1', partition: 0, position: '1-4', digest: 'abc' },
        { process: 'shard-1', partition: 1, position: '1-2', digest: 'def' },
      ],
    },
  }
}

/** Eve's: lost between a-2 and b-1, and gone on with. */
export function stream(): Stream {
  const follows = new Set([ada, bob])
  const first = [item(10, ada, 'a-1'), item(20, ada, 'a-2')]
  const second = [item(25, bob, 'b-1'), item(30, ada, 'a-3')]
  return {
    readerId: eve,
    follows,
    segments: [
      {
        subscribedAtMs: 50,
        isRecovered: false,
        page: [],
        caughtUp: [],
        items: first,
        lostAtMs: 220,
      },
      { subscribedAtMs: 260, isRecovered: true, page: [], caughtUp: [], items: second },
    ],
  }
}

/** The same user with other parts. */
export function withUser(
  observation: Observation,
  id: UserId,
  parts: Partial<SeenUser>,
): Observation {
  const user = { ...(observation.users.get(id) as SeenUser), ...parts }
  return { ...observation, users: new Map([...observation.users, [id, user]]) }
}

/** The rules that are broken, each with how often. */
export function broken({ history, observation }: Run): Partial<Record<RuleName, number>> {
  return countByRule(check(history, observation))
}

export function withWrites(run: Run, change: (writes: readonly Write[]) => readonly Write[]): Run {
  return { ...run, history: { ...run.history, writes: change(run.history.writes) } }
}
